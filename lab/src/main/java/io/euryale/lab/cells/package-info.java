/// The scenario `cells`: 3 to 14 peers join, leave, crash, pause and lose each other; the checkers
/// read from the trace whether the overlay became one tree again.
///
/// Faults last until `QUIESCE` at 12 s. The settle bound is **15 s**: from then on the tree has to
/// be whole and quiet, and the run goes on for 15 s more to see that it stays so. What is
/// promised:
///
/// | promise | checker                                                                            |
/// |---------|------------------------------------------------------------------------------------|
/// | C-1     | at the end every live peer is in one cell of an allowed size, below a live parent  |
/// | C-2     | one coordinator per cell and term, always; one agreed view per cell at the end     |
/// | C-3     | terms followed in a cell never go down within an incarnation                       |
/// | C-4     | every suspicion has a reason                                                       |
/// | C-5     | no two members of one name at the end                                              |
/// | C-6     | nothing changes once the settle time is over                                       |
///
/// The trace events are documented in `io.euryale.overlay`.
@NullMarked
package io.euryale.lab.cells;

import org.jspecify.annotations.NullMarked;
