// emit/print_parts.h: what the printers share: words for phases, numbers and cells for people.
// Private to compiler/emit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/emit/print.h"

namespace cambium::emit {

std::string upper(std::string_view);
// One line: control characters become blanks. What goes into a comment or a cell comes from files
// and databases.
std::string oneLine(std::string_view);
// "98,113", "4.1 M".
std::string rowsText(int64_t);
// "1 row", "1,204 rows".
std::string counted(int64_t, std::string_view one);
// "12.4 MB", in powers of 1,000.
std::string bytesText(int64_t);
// "1,204 rows, 12.4 MB"; "" = nobody knows.
std::string amountText(const Amount&);
// Cells that the text takes on a terminal.
unsigned cells(std::string_view);
// Cut to so many cells (with `ellipsis`) or filled up with blanks.
std::string fitted(std::string_view, unsigned width, std::string_view ellipsis);
// Nobody waits and nothing is refused: the summary of a plan tells such hazards once, at its end.
bool isNote(const plan::Hazard&);
// "undo: free": what holds for the phase, as stated in the summary.
std::string phaseNote(plan::Phase, const Script&, const PrintOptions&);
// "2 adds, 1 backfill, 1 drop".
std::string totals(const Script&);
std::string versions(const Script&, std::string_view arrow);
bool hasPhase(const Script&, plan::Phase);
// "T transactional …": how the step is executed, in words.
std::string_view executedHow(dialect::StepClass);

inline constexpr plan::Phase kPhases[] = {plan::Phase::expand, plan::Phase::backfill,
                                          plan::Phase::validate, plan::Phase::switch_,
                                          plan::Phase::contract};

}  // namespace cambium::emit
