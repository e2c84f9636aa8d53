/// The scenario `cells`: 3 to 14 peers join, leave, crash, pause and lose each other; the checkers
/// read from the trace whether the overlay became one tree again.
///
/// Beside single faults it draws splits into three or four parts, the loss of whole cells and of
/// the root cell, members that lose only each other, pauses around the time-outs, join storms, and
/// founders that come late or never, settings that change while peers run, and peers that answer
/// but do not follow their cell. In every second schedule the peers offer services, and they and a
/// client ask and watch for them and for peers. `LargeCells` is one long schedule with a thousand
/// peers or more.
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
/// | C-7     | a lost place is found again within 1 s, or a broken promise is reported            |
/// | C-8     | at the end the parents of every member lead to the root cell                       |
/// | C-9     | 10 s after the faults all members know one root                                    |
/// | C-10    | who was shunned is a member again 10 s after that and the end of the faults        |
/// | C-11    | in a cell of two nobody takes over on suspicion against the cell above             |
/// | C-12    | nobody acts on suspicions against most of its neighbours before it doubted itself  |
/// | C-13    | at the end no cell is too small while a later leaf could fill it                   |
/// | C-14    | a member that answers but does not follow its coordinator is removed within 8 s    |
/// | C-15    | once calm, who asks finds what the peers that live offer, and nothing else         |
/// | C-16    | once calm, every watch was told that, and is told within 1 s when it changes       |
///
/// It is calm when the faults are over and no place has changed for 10 s: twice the time after
/// which offers are told again.
///
/// The trace events are documented in `io.euryale.overlay`, but for those of the hosts:
///
/// | event     | by           | fields                                                       |
/// |-----------|--------------|--------------------------------------------------------------|
/// | `OFFERS`  | peer         | `services`: all that it offers from now on                   |
/// | `ASKS`    | peer, client | `id`, `what`, `pattern`, `wanted`                            |
/// | `FOUND`   | peer, client | `id`, `complete`, `found`: `name@owner`, by name             |
/// | `WATCHES` | peer, client | as `ASKS`                                                    |
/// | `TOLD`    | peer, client | as `FOUND`                                                   |
@NullMarked
package io.euryale.lab.cells;

import org.jspecify.annotations.NullMarked;
