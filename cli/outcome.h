// cli/outcome.h: how a command ends: THE table of exit codes. The word is `outcome` in JSON.
#pragma once

#include <cstdint>
#include <string_view>

#include "compiler/diagnostics/diagnostic.h"

namespace cambium::cli {

enum class Outcome : uint8_t {
  ok,
  failed,
  usage,
  findings,
  changes,
  notApproved,
  stale,
  partial,
  busy,
  internal
};

struct OutcomeInfo {
  Outcome outcome;
  int code;
  std::string_view word;
  std::string_view meaning;
};

inline constexpr OutcomeInfo kOutcomes[] = {
    {Outcome::ok, 0, "ok", "done; with changes too, unless --exit-code asks for 4"},
    {Outcome::failed, 1, "failed",
     "expected failure: a file, a database, a statement; the database is as it was"},
    {Outcome::usage, 2, "usage",
     "flag, argument, folder or environment is wrong; nothing was touched"},
    {Outcome::findings, 3, "findings",
     "diagnostics were found; `fmt --check` would change files; `adopt` found differences"},
    {Outcome::changes, 4, "changes", "only with --exit-code: plan, diff or drift is not empty"},
    {Outcome::notApproved, 5, "not-approved",
     "an approval or a --yes is missing, or the answer was no"},
    {Outcome::stale, 6, "stale", "the plan is for another database, or for another state of it"},
    {Outcome::partial, 7, "partial",
     "stopped on its way; what was done is recorded: resume or undo"},
    {Outcome::busy, 8, "busy", "somebody else is at work there; safe to try again"},
    {Outcome::internal, 70, "internal", "a mistake in the tool"},
};

constexpr const OutcomeInfo& info(Outcome outcome) {
  return kOutcomes[static_cast<size_t>(outcome)];
}

// How a command ends whose worst error has this code.
Outcome outcomeOf(Code code);

}  // namespace cambium::cli
