package io.euryale.peer.group;

import io.euryale.group.membership.Contact;
import io.euryale.group.primary.Charter;
import io.euryale.group.primary.Voter;
import io.euryale.kernel.PeerName;
import io.euryale.peer.Contacts;
import io.euryale.peer.RefusedException;
import io.euryale.peer.RefusedException.Reason;
import java.util.ArrayList;
import java.util.List;

/// The declared members as operators write them: `NAME=HOST:PORT`, or `NAME=HOST:PORT*WEIGHT`.
///
/// @param contacts where they are looked for
/// @param voters their votes
record DeclaredMembers(List<Contact> contacts, List<Voter> voters) {

  /// @param self declared with weight 1 when the list is empty: an overlay of one
  /// @throws RefusedException when an entry cannot be understood
  static DeclaredMembers parse(PeerName self, List<String> declared) {
    List<Contact> contacts = new ArrayList<>();
    List<Voter> voters = new ArrayList<>();
    for (String entry : declared) {
      int equals = entry.indexOf('=');
      int star = entry.lastIndexOf('*');
      String name = equals < 0 ? "" : entry.substring(0, equals);
      String address = entry.substring(equals + 1, star < 0 ? entry.length() : star);
      int weight = star < 0 ? 1 : weight(entry.substring(star + 1));
      if (!PeerName.isValid(name) || weight < 0) {
        throw new RefusedException(
            Reason.INVALID,
            "'"
                + entry
                + "' does not declare a member: write NAME=HOST:PORT or NAME=HOST:PORT*WEIGHT, for"
                + " example alpha=127.0.0.1:7400.");
      }
      if (voters.stream().anyMatch(voter -> voter.name().value().equals(name))) {
        throw new RefusedException(
            Reason.INVALID,
            "Member "
                + name
                + " is declared twice: give each member one entry, the same everywhere.");
      }
      contacts.add(new Contact(new PeerName(name), Contacts.parse(address)));
      voters.add(new Voter(new PeerName(name), weight));
    }
    if (voters.isEmpty()) {
      voters.add(new Voter(self, 1));
    }
    if (voters.stream().noneMatch(voter -> voter.name().equals(self))) {
      throw new RefusedException(
          Reason.INVALID,
          "Peer "
              + self
              + " is not among its declared members: add "
              + self
              + "=HOST:PORT to the list, with weight 0 if it is not to vote.");
    }
    return new DeclaredMembers(List.copyOf(contacts), List.copyOf(voters));
  }

  /// @throws RefusedException when the votes make no charter
  Charter charter(long minimumPrimary) {
    try {
      return new Charter(voters, minimumPrimary);
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Reason.INVALID, String.valueOf(e.getMessage()), e);
    }
  }

  private static int weight(String text) {
    boolean digits =
        !text.isEmpty() && text.length() < 8 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int weight = digits ? Integer.parseInt(text) : -1;
    return weight > Voter.MAX_WEIGHT ? -1 : weight;
  }
}
