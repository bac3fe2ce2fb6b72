// emit/script.h: stage 8, a plan as SQL with probes: what is written to a plan file, approved by
// its digest, stored whole in the ledger and executed. In: a proven plan, its dialect. Out: a
// Script that needs nothing else to run, not even the model.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/base/result.h"
#include "compiler/dialect/dialect.h"
#include "compiler/plan/plan.h"

namespace cambium::emit {

// A fact about one object that must hold: the SHA-256 of its catalog::describe(), or its absence.
struct ObjectProbe {
  std::string kind;  // "table" "view" "trigger" "kept"
  std::string name;
  std::string digest;  // "" = absent
  friend bool operator==(const ObjectProbe&, const ObjectProbe&) = default;
};

struct Check {
  std::string countSql;   // must yield 0
  std::string message;    // what is counted, for the user
  std::string help = {};  // what to do beside correcting the rows; "" = nothing
  friend bool operator==(const Check&, const Check&) = default;
};

struct Action {  // something to execute, with how to know that it is not, or is already, done
  std::vector<Check> verify;  // what must hold before anything is executed
  dialect::Emitted sql;
  std::vector<ObjectProbe> before, after;
  // Of a step whose statements each commit (Emitted::completes): what each operation but the last
  // changes, one behind the other, from `before` on. A run that ended there goes on from there.
  std::vector<std::vector<ObjectProbe>> between;
};

struct ScriptStep {
  unsigned number = 0;
  plan::Phase phase{};
  std::string kind, element, title, change, cause;  // cause: "orders.cam:4"
  char sign = '+';
  std::string compatibility;
  Action action;
  Action undo;            // no statements = nothing to undo
  bool switches = false;  // this step moves the active version
  std::vector<plan::Hazard> hazards;
  std::vector<plan::Follows> follows;
};

struct ScriptProbe {
  std::string title, countSql, compatibility, cause;
};

struct ScriptLoss {
  std::string what, countSql;
};

struct Script {
  std::string tool;  // "cambium 0.1.0"
  std::string dialect;
  std::string server;  // the gate of the server that it was made for (Dialect::gate)
  std::string package, environment;
  std::string fromVersion, toVersion, fromDigest, toDigest;
  std::string beforeFingerprint, afterFingerprint;  // of the catalog
  std::string compatibility;
  std::string toModel;  // the sealed document of the new version, recorded in the database when it
                        // becomes active
  std::vector<std::string> external;  // tables of others, sorted: not looked at, never touched
  std::vector<ScriptProbe> probes;
  std::vector<ScriptLoss> undoLosses;  // from the switch on
  // Of a rollback: the sealed document of the new (older) version with the migration that leads
  // back to it, which is not its own; "" = the plan goes forth.
  std::string wayBack;
  std::vector<ScriptStep> steps;
  // What the steps of contract take away and the database keeps, so many seconds after the last
  // step.
  std::vector<plan::Kept> kept;
  uint64_t soakSeconds = 0;
};

Script emit(const plan::Plan&, const dialect::Dialect&, const SourceMap&, DiagnosticSink& sink);

// The plan file: canonical JSON "cambium.plan/1" with the digest of its body, exact both ways.
std::string toPlanFile(const Script&);
std::string planDigest(const Script&);  // 64 hex digits
struct PlanFileError {
  std::string detail;
  bool tampered = false;
};
Result<Script, PlanFileError> readPlanFile(std::string_view document);

}  // namespace cambium::emit
