package io.euryale.overlay;

import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerName;
import io.euryale.kernel.PeerRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who belongs to a cell, as its coordinator says: only the coordinator makes new versions [1
/// §3.2].
///
/// @param cell which cell
/// @param term the ballot of the coordinator, who is one of the members
/// @param version grows with every change inside one term
/// @param members in order of seniority, 1 to [#MAX_MEMBERS], no name twice
public record CellView(CellId cell, Term term, long version, List<Member> members) {

  /// Highest term number, version or sequence that is well-formed: far beyond all that honest peers
  /// reach, and far from where numbers wrap.
  static final long MAX_NUMBER = 1L << 62;

  /// Most members a cell can have.
  public static final int MAX_MEMBERS = 256;

  /// One member of a cell.
  ///
  /// @param peer who, and where it listens
  /// @param parent the member of the cell above its data goes through; null in the root cell and
  /// while unknown to the coordinator
  public record Member(PeerRef peer, @Nullable PeerId parent) {
    public PeerId id() {
      return peer.id();
    }

    @Override
    public String toString() {
      return parent == null ? peer.id().toString() : peer.id() + "^" + parent;
    }
  }

  public CellView {
    members = List.copyOf(members);
    String defect = defect(term, members);
    if (defect != null) {
      throw new IllegalArgumentException(defect);
    }
  }

  /// What makes these members no view, or null. Decoders ask before they construct one.
  static @Nullable String defect(Term term, List<Member> members) {
    Set<PeerName> names = new HashSet<>();
    boolean led = false;
    for (Member member : members) {
      if (!names.add(member.peer().name())) {
        return "member " + member.peer().name() + " is listed twice";
      }
      led |= member.id().equals(term.coordinator());
    }
    if (members.size() > MAX_MEMBERS) {
      return "a cell has at most " + MAX_MEMBERS + " members, not " + members.size();
    }
    return led ? null : "coordinator " + term.coordinator() + " is not a member";
  }

  public PeerId coordinator() {
    return term.coordinator();
  }

  /// The coordinator with its endpoint.
  public PeerRef coordinatorRef() {
    return members.stream()
        .map(Member::peer)
        .filter(peer -> peer.id().equals(term.coordinator()))
        .findFirst()
        .orElseThrow();
  }

  /// All members, in order of seniority.
  public List<PeerRef> peers() {
    return members.stream().map(Member::peer).toList();
  }

  public boolean lists(PeerId id) {
    return member(id) != null;
  }

  /// The member of this identity, or null.
  public @Nullable Member member(PeerId id) {
    for (Member member : members) {
      if (member.id().equals(id)) {
        return member;
      }
    }
    return null;
  }

  /// The member of this name, whatever its incarnation, or null.
  public @Nullable Member named(PeerName name) {
    for (Member member : members) {
      if (member.peer().name().equals(name)) {
        return member;
      }
    }
    return null;
  }

  /// Position by seniority, from 0; -1 for strangers.
  public int rank(PeerId id) {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).id().equals(id)) {
        return i;
      }
    }
    return -1;
  }

  /// Compares term, then version: which of two views of one cell is to be followed.
  int compareAge(CellView other) {
    int byTerm = term.compareTo(other.term);
    return byTerm != 0 ? byTerm : Long.compare(version, other.version);
  }

  /// The next version with `member` last in seniority, in place of any other life of its name.
  CellView with(Member member) {
    List<Member> next = new ArrayList<>(members);
    next.removeIf(old -> old.peer().name().equals(member.peer().name()));
    next.add(member);
    return new CellView(cell, term, version + 1, next);
  }

  /// The next version without the members that `gone` names.
  CellView without(Predicate<PeerId> gone) {
    return new CellView(cell, term, version + 1, keep(gone.negate()));
  }

  /// The next version with another parent for one member.
  CellView withParent(PeerId id, @Nullable PeerId parent) {
    List<Member> next = new ArrayList<>(members);
    next.replaceAll(old -> old.id().equals(id) ? new Member(old.peer(), parent) : old);
    return new CellView(cell, term, version + 1, next);
  }

  /// The first view of a new term: the members that `stays` names.
  CellView takenOver(Term next, Predicate<PeerId> stays) {
    return new CellView(cell, next, 1, keep(stays));
  }

  private List<Member> keep(Predicate<PeerId> stays) {
    return members.stream().filter(member -> stays.test(member.id())).toList();
  }

  /// Members as text for traces: identities, each with its parent after `^`, joined by commas.
  String memberText() {
    return members.stream().map(Member::toString).collect(Collectors.joining(","));
  }

  @Override
  public String toString() {
    return cell + " " + term + " v" + version + " [" + memberText() + "]";
  }
}
