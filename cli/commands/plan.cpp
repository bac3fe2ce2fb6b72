#include <algorithm>
#include <charconv>

#include "cli/commands.h"
#include "cli/differences.h"
#include "cli/rollback.h"
#include "cli/surroundings.h"
#include "cli/verification.h"

namespace cambium::cli {

namespace {

struct Asked {
  ReadyWay way;
  const ir::Environment* environment = nullptr;
  std::string product;
  size_t drift = 0;                  // differences of the database from what is active in it
  std::vector<LossesOfStep> losses;  // of a rollback
};

// --rollback without --to, and without a database: the sealed version before that one.
Or<ModelPtr> olderVersion(Context& context, driver::Compilation& c, const ir::Model& from) {
  std::string wanted = context.invocation.value("to");
  if (wanted.empty()) wanted = driver::versionBefore(c, from);
  if (wanted.empty() || !driver::versionLess(wanted, from.version))
    return Failure{
        context.usage(fmt::format("there is no older version than {} to go back to", from.version),
                      "name a sealed one: `--to V`")};
  return modelOfVersion(context, c, wanted);
}

// With --from no database is asked: the plan of two versions, for the environment's kind of
// database.
Or<Asked> planOffline(Context& context, driver::Compilation& c, const ModelPtr& to) {
  Asked asked;
  const dialect::Dialect* dialect = dialectsOf(context, *c.model).front();
  if (const std::string url = context.invocation.value("verify-on"); !url.empty()) {
    const auto found = dialectOf(context, url);
    if (!found) return Failure{context.fail(found.error())};
    dialect = *found;
  }
  if (context.invocation.has("env") || !c.model->environments.empty()) {
    const auto environment = chooseEnvironment(context, c);
    if (!environment) return Failure{environment.error()};
    asked.environment = *environment;
    if (urlOf(**environment)) {
      const auto target = targetOf(context, c, **environment);
      if (!target) return Failure{target.error()};
      dialect = target->dialect;
    }
  }
  const auto from = modelOfVersion(context, c, context.invocation.value("from"));
  if (!from) return Failure{from.error()};
  // A version that is in this environment has a face there, if it says so.
  const bool views = asked.environment && asked.environment->accessViews;
  plan::Soak soak;
  if (asked.environment) soak.seconds = asked.environment->soakSeconds;
  if (context.invocation.has("rollback")) {
    const auto older = olderVersion(context, c, **from);
    if (!older) return Failure{older.error()};
    auto back = makeWayBack(context, c, *from, *older, *dialect,
                            asked.environment ? asked.environment->name : "", {views, views, soak});
    if (!back) return Failure{back.error()};
    asked.way = std::move(back->way);
    asked.losses = std::move(back->losses);
    return asked;
  }
  auto way =
      makeWay(context, c, *from, to, *dialect, asked.environment ? asked.environment->name : "",
              {views && !(*from)->version.empty(), views, soak});
  if (!way) return Failure{way.error()};
  asked.way = std::move(*way);
  return asked;
}

Or<Asked> planOnline(Context& context, driver::Compilation& c, const ModelPtr& to) {
  Asked asked;
  const auto environment = chooseEnvironment(context, c);
  if (!environment) return Failure{environment.error()};
  asked.environment = *environment;
  const auto target = targetOf(context, c, **environment);
  if (!target) return Failure{target.error()};
  auto database = openDatabase(context, *target, Access::read);
  if (!database) return Failure{database.error()};
  const auto active = activeVersion(context, *database, *c.model);
  if (!active) return Failure{active.error()};
  if (context.invocation.has("rollback")) {
    const auto older = rollbackTarget(context, c, *database, *active);
    if (!older) return Failure{older.error()};
    auto back = wayBackFromDatabase(context, c, *database, *active, *older);
    if (!back) return Failure{back.error()};
    asked.way = std::move(back->way);
    asked.losses = std::move(back->losses);
  } else {
    auto way = wayFromDatabase(context, c, *database, *active, to);
    if (!way) return Failure{way.error()};
    asked.way = std::move(*way);
  }
  asked.product = database->product();
  if (active->installation) {
    const auto found =
        differences(context, *database, *active->model, active->extras, FaceExpected::ifThere);
    if (!found) return Failure{found.error()};
    asked.drift = found->size();
  }
  return asked;
}

Outcome explainStep(Context& context, const emit::Script& script, const std::string& wanted) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
  if (error != std::errc{} || end != wanted.data() + wanted.size() || number < 1 ||
      number > script.steps.size())
    return context.usage(fmt::format("there is no step `{}`", wanted),
                         script.steps.empty()
                             ? "the plan is empty"
                             : fmt::format("the plan has steps 1 to {}", script.steps.size()));
  const std::string text = emit::printExplain(script.steps[number - 1], script);
  context.out.print(text);
  context.out.textField("step", text);
  return Outcome::ok;
}

Outcome showGraph(Context& context, const emit::Script& script, const std::string& wanted) {
  const auto form = emit::findGraphForm(wanted);
  if (!form)
    return context.usage(fmt::format("there is no graph in the form `{}`", wanted),
                         "--graph dot, or --graph mermaid");
  const std::string text = emit::printGraph(script, *form);
  context.out.print(text);
  context.out.textField("graph", text);
  return Outcome::ok;
}

// The plan file is a document of its own, on one line here.
std::string planOnOneLine(const emit::Script& script) {
  std::string document = emit::toPlanFile(script);
  std::ranges::replace(document, '\n', ' ');
  while (!document.empty() && document.back() == ' ') document.pop_back();
  return document;
}

std::string numberOrNull(const std::optional<int64_t>& number) {
  return number ? std::to_string(*number) : "null";
}

// The counts are those of the first plan: the rows of the others are what it makes of them.
void showFields(Context& context, const ReadyWay& way) {
  Output& out = context.out;
  const ReadyPlan& first = way.plans.front();
  std::vector<std::string> counts, amounts, following;
  for (const auto& count : first.probeCounts) counts.push_back(numberOrNull(count));
  out.field("probeCounts", jsonArray(counts));
  if (!first.amounts.empty()) {
    for (const auto& amount : first.amounts)
      amounts.push_back(fmt::format("{{\"rows\":{},\"bytes\":{}}}", numberOrNull(amount.rows),
                                    numberOrNull(amount.bytes)));
    out.field("amounts", jsonArray(amounts));
    out.field("notices", jsonTexts(first.notices));
  }
  if (context.invocation.has("samples")) out.field("probeSamples", jsonTexts(first.probeSamples));
  out.field("plan", planOnOneLine(way.plans.front().script()));
  for (size_t i = 1; i < way.plans.size(); ++i)
    following.push_back(planOnOneLine(way.plans[i].script()));
  if (!following.empty()) out.field("following", jsonArray(following));
  if (!context.invocation.has("sql")) return;
  std::string sql;
  for (const ReadyPlan& ready : way.plans) sql += emit::printSql(ready.script());
  out.textField("sql", sql);
}

void show(Context& context, const Asked& asked) {
  Output& out = context.out;
  sayWay(context, asked.way);
  if (!out.isText()) return showFields(context, asked.way);
  for (const ReadyPlan& ready : asked.way.plans) {
    const emit::Script& script = ready.script();
    const auto options = printOptions(context, ready, asked.environment, asked.product);
    if (&ready != &asked.way.plans.front()) out.print("\n");
    if (context.invocation.has("sql"))
      out.print(emit::printSql(script));
    else if (out.format() == Format::markdown)
      out.print(emit::printMarkdown(script, options));
    else
      out.print(emit::printSummary(script, options));
  }
}

// A file, a graph and a step are those of one plan.
Or<bool> wantOnePlan(Context& context, const ReadyWay& way, const std::string& environment) {
  const auto& invocation = context.invocation;
  const bool one = invocation.has("output") || invocation.has("explain") || invocation.has("graph");
  if (way.plans.size() == 1 || !one) return true;
  auto d = report<Code::RUN075>({}, versionText(way.fromVersion()), way.toVersion())
               .note(fmt::format("{} lead there, one after the other: {}",
                                 counted(way.plans.size(), "plan"), way.text("→")));
  const std::string& first = way.plans.front().script().toVersion;
  const bool back = invocation.has("rollback");
  const std::string_view flag = back ? " --rollback" : "";
  if (invocation.has("from"))
    d.help(fmt::format("one of them: `cambium plan{} --from {} --to {}`", flag, way.fromVersion(),
                       first));
  else
    d.help(fmt::format("the first of them: `cambium plan{}{} --to {}`", flag,
                       environment.empty() ? "" : " -e " + environment, first))
        .help(fmt::format("`cambium {}` goes the whole way", back ? "rollback" : "apply"));
  return Failure{context.fail(std::move(d))};
}

}  // namespace

Outcome runPlan(Context& context) {
  const auto& invocation = context.invocation;
  if (invocation.has("samples") && (samplesWanted(context) == 0 || invocation.has("from")))
    return context.usage(invocation.has("from")
                             ? "with --from no database is asked: there are no rows to list"
                             : "--samples takes a number, 1 to 1000");
  auto options = context.driverOptions();
  const auto package = loadPackage(context, std::move(options));
  if (!package) return package.error();
  driver::Compilation& c = **package;
  const bool back = invocation.has("rollback");
  const auto to = modelOfVersion(context, c, back ? c.model->version : invocation.value("to"));
  if (!to) return to.error();
  auto asked = invocation.has("from") ? planOffline(context, c, *to) : planOnline(context, c, *to);
  if (!asked) return asked.error();
  const emit::Script& script = asked->way.plans.front().script();
  const std::string environment = asked->environment ? asked->environment->name : "";
  if (const auto one = wantOnePlan(context, asked->way, environment); !one) return one.error();
  const bool nothingToDo = asked->way.plans.front().nothingToDo;
  if (nothingToDo) {
    context.out.field("changes", "0");
    context.out.print(fmt::format("nothing to do: {} is at {} {}\n",
                                  environment.empty() ? "it" : environment, script.package,
                                  script.toVersion));
    if (!invocation.has("output")) return Outcome::ok;
  } else {
    size_t changes = 0;
    for (const ReadyPlan& ready : asked->way.plans) changes += ready.planned.changes.changes.size();
    context.out.field("changes", std::to_string(changes));
    if (invocation.has("explain")) return explainStep(context, script, invocation.value("explain"));
    if (invocation.has("graph")) return showGraph(context, script, invocation.value("graph"));
    if (back)
      if (const auto shown = showLosses(context, asked->losses); !shown) return shown.error();
    const bool silent = context.out.quiet() && invocation.has("output");
    if (!silent) show(context, *asked);
  }
  if (invocation.has("verify-on") && !nothingToDo)
    if (const auto held = verifyOn(context, c, asked->way, invocation.value("verify-on")); !held)
      return held.error();
  const bool drifted = asked->drift > 0;
  if (drifted) {
    context.out.field("drift", std::to_string(asked->drift));
    context.out.complain(fmt::format(
        "warning: {} is not what {} {} describes ({}): `apply` would refuse the plan", environment,
        script.package, versionText(script.fromVersion), counted(asked->drift, "difference")));
    context.out.say(fmt::format("next: cambium drift -e {}", environment));
  }
  if (const std::string file = invocation.value("output"); !file.empty()) {
    if (const auto written = writeFileAtomically(file, emit::toPlanFile(script)); !written)
      return context.fail(report<Code::CFG065>({}, file, written.error()));
    context.out.textField("file", file);
    if (!drifted) context.out.say(fmt::format("next: cambium apply {}", file));
  } else if (!invocation.has("from") && !drifted) {
    const std::string to = back ? invocation.value("to") : "";
    context.out.say(fmt::format("next: cambium {}{}{}{}{}", back ? "rollback" : "apply",
                                environment.empty() ? "" : " -e ", environment,
                                to.empty() ? "" : " --to ", to));
  }
  return invocation.has("exit-code") && !nothingToDo ? Outcome::changes : Outcome::ok;
}

}  // namespace cambium::cli
