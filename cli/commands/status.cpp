#include <algorithm>

#include <fmt/ranges.h>

#include "cli/commands.h"
#include "cli/differences.h"
#include "cli/planning.h"
#include "compiler/artifact/seal.h"
#include "compiler/diagnostics/display_line.h"

namespace cambium::cli {

namespace {

// A plan that is under way.
struct Underway {
  std::string digest, from, to, phase, state;
  size_t done = 0, steps = 0;
  ModelPtr model;        // that it leads to; null if nobody can tell
  bool back = false;     // a rollback
  bool stopped = false;  // nobody works on it, although its last run came to no end
};

// What is known about one environment; empty = nothing.
struct Row {
  std::string environment, version, since, next;
  std::string backFrom;  // the version that a rollback led away from
  std::optional<Underway> plan;
  std::vector<std::string> left;  // versions that lie before the working folder's, and that one
  std::optional<size_t> drift;    // how many differences
  bool reached = false;           // the database answered
};

Underway underwayOf(Context& context, const Database& database, const runner::PlanRecord& open) {
  Underway out{open.digest,
               open.fromVersion,
               open.toVersion,
               "",
               std::string(runner::toString(open.state)),
               0,
               0,
               nullptr};
  out.done = static_cast<size_t>(std::ranges::count(open.steps, runner::StepState::applied));
  // A run that fails, or is killed, leaves the state of its plan; its lease ends.
  if (open.state == runner::PlanState::running || open.state == runner::PlanState::undoing)
    if (const auto lease = runner::Ledger(*database.session).lease(); lease)
      out.stopped = !*lease || (*lease)->owner.empty() || (*lease)->expired;
  const auto script = storedPlan(context, database, open);
  if (!script) return out;
  if (auto to = artifact::unseal(script->toModel))
    out.model = std::make_shared<const ir::Model>(std::move(*to));
  out.steps = script->steps.size();
  out.back = !script->wayBack.empty();
  if (out.done > 0 && out.done <= out.steps)
    out.phase = plan::toString(script->steps[out.done - 1].phase);
  return out;
}

// The version that was active before, if a rollback led to this one.
std::string backFrom(Database& database, const runner::Installation& installation) {
  const auto last = runner::Ledger(*database.session).lastPlan(installation.package);
  if (!last || !*last || (*last)->digest != installation.planDigest) return "";
  const auto script = emit::readPlanFile((*last)->document);
  return script && !script->wayBack.empty() ? (*last)->fromVersion : "";
}

// A sick environment is a row that says so, and does not hide the others.
Row rowOf(Context& context, driver::Compilation& c, const ir::Environment& environment,
          Outcome& worst) {
  Row row;
  row.environment = environment.name;
  const auto url = urlOf(environment);
  if (!url) {
    row.next = url.error();
    return row;
  }
  const auto failed = [&](Outcome outcome) {
    if (worst == Outcome::ok) worst = outcome;
    row.next = "see the error";
    return row;
  };
  const auto target = targetOf(context, c, environment);
  if (!target) return failed(target.error());
  auto database = openDatabase(context, *target, Access::read);
  if (!database) return failed(database.error());
  const auto active = activeVersion(context, *database, *c.model);
  if (!active) return failed(active.error());
  const std::string flag = " -e " + environment.name;
  row.reached = true;
  if (active->installation) {
    row.version = active->installation->version;
    row.since = active->installation->activatedAt;
    row.backFrom = backFrom(*database, *active->installation);
  }
  if (active->open) {
    row.plan = underwayOf(context, *database, *active->open);
    // One that was not begun goes on with what the model is by now.
    row.next =
        (active->open->begun ? "cambium resume" : "cambium apply") + flag + " or undo" + flag;
    if (row.plan->model && !row.plan->back && !c.diagnostics.hasErrors())
      row.left = versionsLeft(context, c, row.plan->model, c.model);
    if (!row.left.empty()) row.next += fmt::format(", then {}", fmt::join(row.left, ", "));
    return row;
  }
  if (!active->installation) {
    row.next = active->hasObjects ? "cambium adopt" + flag : "cambium apply" + flag;
    return row;
  }
  const auto found = differences(context, *database, *active->model, active->extras,
                                 FaceExpected::asTheEnvironmentSays);
  if (!found) return failed(found.error());
  row.drift = found->size();
  if (!found->empty())
    row.next = "cambium drift" + flag;
  else if (c.diagnostics.hasErrors())
    row.next = "cambium check";
  else if (active->installation->digest != artifact::digest(*c.model)) {
    row.left = versionsLeft(context, c, active->model, c.model);
    row.next = fmt::format(
        "cambium plan{} (to {})", flag,
        row.left.empty() ? c.model->version : fmt::format("{}", fmt::join(row.left, ", ")));
  }
  return row;
}

std::vector<std::string> cells(const Row& row, std::string_view arrow) {
  const auto orDash = [](const std::string& text) { return text.empty() ? "-" : text; };
  std::string version = row.reached && row.version.empty() ? "none" : orDash(row.version);
  std::string phase = row.version.empty()    ? "-"
                      : row.backFrom.empty() ? "done"
                                             : "rolled back from " + row.backFrom;
  if (const auto& plan = row.plan) {
    // The active version moves with the switch: the plan knows both.
    version = fmt::format("{} {} {}", versionText(plan->from), arrow, plan->to);
    const std::string state = !plan->stopped             ? plan->state
                              : plan->state == "undoing" ? "undo stopped"
                                                         : "stopped";
    phase = plan->steps == 0 ? state
                             : fmt::format("{}, step {} of {} ({})",
                                           plan->phase.empty() ? "not begun" : plan->phase,
                                           plan->done, plan->steps, state);
  }
  std::string drift = "-";
  if (row.drift) drift = *row.drift == 0 ? "none" : counted(*row.drift, "difference");
  return {row.environment, version, phase, drift, orDash(row.since.substr(0, 16)),
          orDash(row.next)};
}

std::string json(const Row& row) {
  const auto orNull = [](const std::string& text) {
    return text.empty() ? std::string("null") : jsonText(text);
  };
  std::string plan = "null";
  if (const auto& p = row.plan)
    plan = fmt::format(
        "{{\"digest\":{},\"from\":{},\"to\":{},\"state\":{},\"phase\":{},\"done\":{},"
        "\"steps\":{}}}",
        jsonText(p->digest), orNull(p->from), jsonText(p->to), jsonText(p->state), orNull(p->phase),
        p->done, p->steps);
  return fmt::format(
      "{{\"environment\":{},\"reached\":{},\"version\":{},\"since\":{},"
      "\"plan\":{},\"rolledBackFrom\":{},\"left\":{},\"differences\":{},\"next\":{}}}",
      jsonText(row.environment), row.reached, orNull(row.version), orNull(row.since), plan,
      orNull(row.backFrom), jsonTexts(row.left), row.drift ? std::to_string(*row.drift) : "null",
      orNull(row.next));
}

}  // namespace

Outcome runStatus(Context& context) {
  // What runs where does not depend on the working folder: mistakes in it are told, and the rest
  // is shown all the same.
  driver::Compilation& c = context.compile(context.driverOptions());
  const Outcome mistakes = context.conclude(c);
  if (!c.model || (mistakes != Outcome::ok && mistakes != Outcome::findings)) return mistakes;
  std::vector<const ir::Environment*> wanted;
  if (context.invocation.has("env") || c.model->environments.empty()) {
    const auto environment = chooseEnvironment(context, c);
    if (!environment) return environment.error();
    wanted.push_back(*environment);
  } else {
    for (const auto& environment : c.model->environments) wanted.push_back(&environment);
  }
  Outcome worst = mistakes;
  std::vector<Row> rows;
  for (const ir::Environment* environment : wanted)
    rows.push_back(rowOf(context, c, *environment, worst));

  Output& out = context.out;
  std::vector<std::vector<std::string>> table{
      {"ENV", "VERSION", "PHASE", "DRIFT", "SINCE", "NEXT"}};
  for (const Row& row : rows) table.push_back(cells(row, arrow(out.out())));
  std::vector<unsigned> widths(table.front().size());
  for (const auto& row : table)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], displayWidth(row[i]));
  out.print(
      fmt::format("{} {} (working folder)\n", bold(out.out(), c.model->package), c.model->version));
  for (size_t r = 0; r < table.size(); ++r) {
    std::string line;
    for (size_t i = 0; i < table[r].size(); ++i) {
      line += r == 0 ? dim(out.out(), table[r][i]) : table[r][i];
      if (i + 1 < table[r].size())
        line += std::string(widths[i] - displayWidth(table[r][i]) + 2, ' ');
    }
    out.print(line + "\n");
  }
  std::vector<std::string> objects;
  for (const Row& row : rows) objects.push_back(json(row));
  out.textField("package", c.model->package);
  out.textField("version", c.model->version);
  out.field("environments", jsonArray(objects));
  return worst;
}

}  // namespace cambium::cli
