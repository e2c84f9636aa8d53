package io.euryale.group.primary;

import io.euryale.group.ConfigurationId;

/// What members tell each other, by SAFE multicast. Each names the regular configuration it was
/// said in: a message that waited in a queue while the configuration changed is bound to the next
/// one, where it means nothing.
sealed interface PrimaryMessage {

  ConfigurationId configuration();

  /// What the sender knew, durably, when it entered the configuration.
  record StateMessage(ConfigurationId configuration, PrimaryRecord record)
      implements PrimaryMessage {}

  /// The sender has the attempt on disk and installs when everybody has said so.
  record CreatePrimary(ConfigurationId configuration, long index, long attempt)
      implements PrimaryMessage {}

  /// The sender installed in the regular configuration.
  record PrimaryFormed(ConfigurationId configuration, long index, long attempt)
      implements PrimaryMessage {}
}
