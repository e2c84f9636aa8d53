package io.euryale.group.membership;

import io.euryale.group.order.OrderSettings;
import io.euryale.group.primary.Charter;
import io.euryale.link.LinkSettings;
import java.util.List;

/// Everything that a group member is told at its start.
///
/// @param overlay name that peers of one overlay share
/// @param contacts peers to look for; others may introduce themselves
/// @param charter who votes for the primary component
public record MemberSettings(
    String overlay,
    List<Contact> contacts,
    Charter charter,
    MembershipSettings membership,
    OrderSettings order,
    LinkSettings link) {

  public MemberSettings {
    contacts = List.copyOf(contacts);
  }
}
