package io.euryale.overlay;

import io.euryale.kernel.Endpoint;
import io.euryale.kernel.Home;
import io.euryale.kernel.PeerId;
import io.euryale.kernel.PeerRef;
import java.util.List;

/// Cells with one rule broken: what the checkers of the cells scenario must notice. Lives in the
/// overlay's package because its rules are nobody else's business.
public enum BrokenCells {
  /// Any other term's view is followed, so two halves of a cell overrule each other for ever.
  FOLLOWS_LOWER_TERMS(
      new CellRules() {
        @Override
        int compare(CellView one, CellView other) {
          return one.term().equals(other.term()) ? Long.compare(one.version(), other.version()) : 1;
        }
      }),

  /// A coordinator admits whoever knocks, and the root sends everybody into the first cell.
  NEVER_FULL(
      new CellRules() {
        @Override
        boolean hasRoom(int members, int capacity) {
          return true;
        }
      }),

  /// Suspicions are recorded without their reason.
  NO_REASON(
      new CellRules() {
        @Override
        String reason(FailureDetector.Suspicion suspicion) {
          return "";
        }
      }),

  /// Coordinators make new versions for ever.
  RESTLESS(
      new CellRules() {
        @Override
        boolean restless() {
          return true;
        }
      }),

  /// Suspicions have no consequences: the dead stay members.
  TRUSTING(
      new CellRules() {
        @Override
        boolean believes(FailureDetector.Suspicion suspicion) {
          return false;
        }
      }),

  /// A reorganisation that took too long is kept quiet.
  SILENT_WHEN_LATE(
      new CellRules() {
        @Override
        boolean reportsLate() {
          return false;
        }
      }),

  /// A peer whose parents are all gone stays where it is.
  GIVES_UP(
      new CellRules() {
        @Override
        boolean startsOver() {
          return false;
        }
      }),

  /// Root cells that met stay apart.
  NEVER_YIELDS(
      new CellRules() {
        @Override
        boolean yields() {
          return false;
        }
      }),

  /// Who was shunned stays away.
  STAYS_AWAY(
      new CellRules() {
        @Override
        boolean comesBack() {
          return false;
        }
      }),

  /// The other member of a cell of two takes over without asking.
  TAKES_OVER_UNASKED(
      new CellRules() {
        @Override
        boolean asksAbove() {
          return false;
        }
      }),

  /// A deaf peer believes that all others are dead.
  SURE_OF_ITSELF(
      new CellRules() {
        @Override
        boolean doubtsItself() {
          return false;
        }
      }),

  /// Members that answer but do not follow stay members.
  KEEPS_LAGGARDS(
      new CellRules() {
        @Override
        boolean shunsLaggards() {
          return false;
        }
      }),

  /// Cells that lost peers stay small.
  LEAVES_HOLES(
      new CellRules() {
        @Override
        boolean rebalances() {
          return false;
        }
      }),

  /// What the dead offered is remembered for ever.
  KEEPS_OLD_OFFERS(
      new CellRules() {
        @Override
        boolean forgetsOffers() {
          return false;
        }
      }),

  /// Peers say once what they offer.
  OFFERS_ONCE(
      new CellRules() {
        @Override
        boolean repeatsOffers() {
          return false;
        }
      }),

  /// Who watches is told only when it asks again.
  LEAVES_WATCHES_ALONE(
      new CellRules() {
        @Override
        boolean tellsWatches() {
          return false;
        }
      }),

  /// Peers wait for their founder for ever.
  WAITS_FOR_FOUNDER(
      new CellRules() {
        @Override
        boolean foundsForFounder() {
          return false;
        }
      }),

  /// Whatever term somebody claims is believed, up to the last one there is.
  BELIEVES_ANY_TERM(
      new CellRules() {
        @Override
        boolean boundsTerms() {
          return false;
        }
      }),

  /// What anybody says of a cell's view is believed.
  BELIEVES_HEARSAY(
      new CellRules() {
        @Override
        boolean asksCoordinator() {
          return false;
        }
      }),

  /// Former lives of restarted peers stay members, too.
  TWO_LIVES(
      new CellRules() {
        @Override
        boolean believes(FailureDetector.Suspicion suspicion) {
          return false;
        }

        @Override
        boolean replaces(PeerId newer, PeerId former) {
          return false;
        }
      });

  private final CellRules rules;

  BrokenCells(CellRules rules) {
    this.rules = rules;
  }

  public CellMember member(
      OverlaySettings settings, PeerRef self, List<Endpoint> contacts, Home home) {
    return new CellMember(settings, self, contacts, home, _ -> {}, _ -> {}, rules);
  }
}
