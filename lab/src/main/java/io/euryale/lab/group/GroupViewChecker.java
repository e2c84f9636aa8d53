package io.euryale.lab.group;

import io.euryale.lab.group.GroupEvent.Belong;
import io.euryale.lab.group.GroupEvent.Deliver;
import io.euryale.lab.group.GroupEvent.Install;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The views of one group: one meaning per id, members hosted in the present configuration, no
/// ghosts, transitional views between the right ones, and every message in one view.
///
/// A view changes without a transitional one when somebody joins or leaves; what CF-4 to CF-6 say
/// is asked of the changes that have one. A join or leave that is ordered in a transitional
/// configuration is delivered there, as a message is: another transitional view follows the first,
/// and its origin is the regular view that members elsewhere may have installed at that place of
/// the order, or nobody has. So a message has one view among those that deliver it in a regular
/// one; the transitional views it is delivered in depend on which joins before it went missing on
/// each side. A ghost is a member that left (`LEAVE`), was seen to be
/// gone
/// by this process, and is back without a `JOIN`; one that died is caught as no member of the
/// configuration.
final class GroupViewChecker extends EventChecker {

  private record Change(View from, View to) {}

  /// @param last the leaver's last view; others may be in older ones, from before it joined
  private record Left(Belong leave, View last) {}

  private static final class Place {
    @Nullable Install configuration;
    @Nullable Install configurationBefore;

    /// The configuration in which the latest transitional view came.
    @Nullable Install transitionalIn;
    @Nullable Install view;
    @Nullable Install before;

    /// Members that left and are out of a view of this process since.
    final Map<Life, Belong> gone = new HashMap<>();
  }

  private final Slots<Place> places = new Slots<>(Place::new);
  private final Map<Life, Left> left = new HashMap<>();
  private final Map<Change, Install> changes = new HashMap<>();

  /// The first delivery of each message in a regular view.
  private final Map<Message, Deliver> bound = new HashMap<>();

  GroupViewChecker(GroupEvents events) {
    super("EV-9", events);
  }

  /// An event of the ordering layer.
  @Override
  void on(GroupEvent event) {
    if (event instanceof Install e) {
      Place place = places.at(e.who().index);
      place.configurationBefore = place.configuration;
      place.configuration = e;
    }
  }

  @Override
  void onGroup(GroupEvent event) {
    switch (event) {
      case Install e -> installed(e);
      case Belong e -> {
        if (e.joins()) {
          left.remove(e.who());
          for (int i = 0; i < places.size(); i++) {
            places.at(i).gone.remove(e.who());
          }
        } else {
          Install last = places.at(e.who().index).view;
          if (last != null) {
            left.put(e.who(), new Left(e, last.view()));
          }
          // It sees nothing of the group until it joins again.
          places.at(e.who().index).view = null;
          places.at(e.who().index).before = null;
        }
      }
      case Deliver e -> delivered(e);
      default -> {}
    }
  }

  private void delivered(Deliver delivery) {
    if (!delivery.view().isKnown()) {
      violated(
          "view",
          "%s delivered %s in %s, which nobody installed"
              .formatted(delivery.who(), delivery.message(), delivery.view()),
          delivery.trace());
      return;
    }
    Install present = places.at(delivery.who().index).view;
    if (present == null || present.view() != delivery.view()) {
      violated(
          "CF-7",
          "%s delivered %s in %s, not in its present view"
              .formatted(delivery.who(), delivery.message(), delivery.view()),
          present == null ? null : present.trace(),
          delivery.trace());
    }
    if (!delivery.view().isRegular()) {
      return;
    }
    Deliver first = bound.putIfAbsent(delivery.message(), delivery);
    if (first != null && first.view() != delivery.view()) {
      violated(
          "view",
          "%s was delivered in %s at %s and in %s at %s"
              .formatted(
                  delivery.message(), first.view(), first.who(), delivery.view(), delivery.who()),
          first.trace(),
          delivery.trace());
    }
  }

  private void installed(Install install) {
    Install first = install.view().first();
    if (first != null && !ConfigurationChecker.isSame(first, install)) {
      violated(
          "CF-2",
          "%s is %s at %s and %s at %s"
              .formatted(
                  install.view(),
                  ConfigurationChecker.content(first),
                  first.who(),
                  ConfigurationChecker.content(install),
                  install.who()),
          first.trace(),
          install.trace());
    }
    Place place = places.at(install.who().index);
    hosted(place, install);
    ghosts(place, install);
    succeeds(place, install);
    place.before = place.view;
    place.view = install;
  }

  private void hosted(Place place, Install install) {
    Install configuration = place.configuration;
    for (Life member : install.members()) {
      if (configuration != null && !configuration.members().contains(member)) {
        violated(
            "ghost",
            "%s installed %s with %s, which is no member of its configuration %s"
                .formatted(install.who(), install.view(), member, configuration.view()),
            configuration.trace(),
            install.trace());
      }
    }
  }

  private void ghosts(Place place, Install install) {
    left.forEach(
        (life, leave) -> {
          if (!install.members().contains(life) && leave.last().isInstalledBy(install.who())) {
            place.gone.put(life, leave.leave());
          }
        });
    for (Life member : install.members()) {
      Belong leave = place.gone.get(member);
      if (leave != null) {
        violated(
            "ghost",
            "%s installed %s with %s, which had left"
                .formatted(install.who(), install.view(), member),
            leave.trace(),
            install.trace());
      }
    }
  }

  private void succeeds(Place place, Install install) {
    Install present = place.view;
    if (present == null) {
      return;
    }
    if (!install.regular()) {
      place.transitionalIn = place.configuration;
      transitional(present, install);
      return;
    }
    Install before = place.before;
    // After two transitional views in a row, the regular one before is not the one they follow; and
    // a configuration that ended before the group had a view in it leaves no trace among the views.
    boolean isDirect = Objects.equals(place.transitionalIn, place.configurationBefore);
    if (!present.regular() && before != null && before.regular() && isDirect) {
      Install other = changes.putIfAbsent(new Change(before.view(), install.view()), present);
      if (other != null && other.view() != present.view()) {
        violated(
            "CF-6",
            "from %s to %s, %s went through %s and %s through %s"
                .formatted(
                    before.view(),
                    install.view(),
                    other.who(),
                    other.view(),
                    install.who(),
                    present.view()),
            other.trace(),
            present.trace());
      }
    }
  }

  private void transitional(Install present, Install install) {
    if (present.regular()) {
      if (install.origin() != present.view()) {
        violated(
            "CF-5",
            "%s went from %s to %s, which follows %s"
                .formatted(install.who(), present.view(), install.view(), install.origin()),
            present.trace(),
            install.trace());
      } else if (!present.members().containsAll(install.members())) {
        violated(
            "CF-5",
            "%s has members beyond those of %s".formatted(install.view(), present.view()),
            present.trace(),
            install.trace());
      }
    } else if (install.origin() == present.origin()) {
      violated(
          "CF-5",
          "%s went from %s to %s, which both follow %s"
              .formatted(install.who(), present.view(), install.view(), install.origin()),
          present.trace(),
          install.trace());
    }
  }
}
