#include "cli/rollback.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/extras.h"
#include "cli/surroundings.h"
#include "compiler/artifact/seal.h"
#include "compiler/diff/match.h"
#include "runtime/runner/kept.h"

namespace cambium::cli {

namespace {

using Kind = plan::RollbackLoss::Kind;

std::string_view headOf(Kind kind) {
  switch (kind) {
    case Kind::goes: return "goes";
    case Kind::changes: return "does not fit the older form";
    case Kind::merged: return "is not told apart any more";
    case Kind::returns: return "comes back";
    case Kind::inTheWay: return "has no place in the older version";
  }
  return "";
}

std::string_view wordOf(Kind kind) {
  switch (kind) {
    case Kind::goes: return "goes";
    case Kind::changes: return "changes";
    case Kind::merged: return "merged";
    case Kind::returns: return "returns";
    case Kind::inTheWay: return "inTheWay";
  }
  return "";
}

std::string textOf(const CountedLoss& counted) {
  std::string what = counted.loss.what;
  if (!counted.keptAs.empty())
    what += counted.loss.property.empty()
                ? fmt::format(" (they are kept as `{}`)", counted.keptAs)
                : fmt::format(" (afterwards: `cambium kept --restore {}`)", counted.keptAs);
  if (counted.rows)
    return fmt::format("{}: {}", what, cli::counted(static_cast<size_t>(*counted.rows), "row"));
  return counted.loss.countSql.empty() ? what : what + ": not counted yet";
}

// What comes back empty, and the database has kept since that version was left.
void findKept(dialect::Session& session, const std::string& package, LossesOfStep& step) {
  if (std::ranges::none_of(step.losses, [](const auto& l) { return l.loss.kind == Kind::returns; }))
    return;
  const auto things = runner::keptThings(session, package);
  const auto since = runner::leftBy(session, package, step.to);
  if (!things || !since) return;  // `cambium kept` says why
  for (auto& one : step.losses) {
    if (one.loss.kind != Kind::returns) continue;
    const auto* kept = runner::keptValuesOf(*things, *since, one.loss.entity, one.loss.property);
    if (kept && kept->what.property == one.loss.property) one.keptAs = kept->what.name;
  }
}

// `session` null: nothing is counted.
LossesOfStep count(dialect::Session* session, const std::vector<plan::RollbackLoss>& all,
                   const std::string& from, const std::string& to) {
  LossesOfStep out{from, to, {}};
  for (const auto& loss : all) {
    CountedLoss one{loss, std::nullopt};
    if (session && !loss.countSql.empty()) one.rows = countOf(*session, loss.countSql);
    if (one.rows == 0 && loss.kind != Kind::returns) continue;
    out.losses.push_back(std::move(one));
  }
  return out;
}

Outcome recordedVersionFails(Context& context, const Database& database,
                             const std::string& detail) {
  return context.fail(report<Code::RUN063>({}, database.target.shown, detail)
                          .note("without it nobody can tell what would be lost"));
}

// The version that was active before the plan that led to this one, as the database has kept it.
Or<ModelPtr> activeBefore(Context& context, Database& database, const Active& active) {
  const auto last = runner::Ledger(*database.session).lastPlan(active.installation->package);
  if (!last) return Failure{context.fail(describe(last.error(), database.target))};
  if (!*last || (*last)->digest != active.installation->planDigest) return ModelPtr();
  const auto previous = runner::installationFromJson((*last)->previous);
  if (!previous || !driver::versionLess(previous->version, active.installation->version))
    return ModelPtr();
  auto model = artifact::unseal(previous->model);
  if (!model) return Failure{recordedVersionFails(context, database, model.error().detail)};
  return std::make_shared<const ir::Model>(std::move(*model));
}

// What is active, with all that the package says of the way to it, where the two are the same.
ModelPtr activeModel(const driver::Compilation& c, const Active& active) {
  return active.installation && active.installation->digest == artifact::digest(*c.model)
             ? c.model
             : active.model;
}

}  // namespace

Or<ModelPtr> rollbackTarget(Context& context, driver::Compilation& c, Database& database,
                            const Active& active) {
  const std::string& environment = database.target.environment->name;
  const auto nowhere = [&](std::string_view why) {
    return Failure{context.fail(
        report<Code::RUN085>({}, environment, why).help("`cambium status` shows what is active"))};
  };
  if (!active.installation) return nowhere("no version is active");
  const std::string& now = active.installation->version;
  const auto before = activeBefore(context, database, active);
  if (!before) return Failure{before.error()};
  std::string wanted = context.invocation.value("to");
  if (wanted.empty()) {
    if (*before) return *before;
    wanted = driver::versionBefore(c, *activeModel(c, active));
    if (wanted.empty()) return nowhere(fmt::format("no version before {} is sealed", now));
  }
  if (*before && (*before)->version == wanted &&
      std::ranges::find(c.versions, wanted) == c.versions.end())
    return *before;
  if (!driver::versionLess(wanted, now))
    return Failure{context.fail(
        report<Code::RUN086>({}, wanted, now, environment)
            .help(fmt::format("to a later version: `cambium apply -e {}`", environment)))};
  return modelOfVersion(context, c, wanted);
}

Or<WayBack> makeWayBack(Context& context, driver::Compilation& c, const ModelPtr& from,
                        const ModelPtr& to, const dialect::Dialect& dialect,
                        const std::string& environment, Faces faces) {
  const auto refused = [&](Outcome outcome, const ir::Model& at, const ir::Model& stop) {
    (void)context.fail(
        report<Code::RUN083>({}, from->version, to->version, at.version, stop.version)
            .note("nothing was done: a way is planned to its end before it is begun")
            .help(fmt::format("what nobody can derive stands in a block of the package: "
                              "`migration from \"{}\" to \"{}\" {{ … }}`",
                              at.version, stop.version)));
    return Failure{outcome};
  };
  const auto steps = driver::wayBack(context.fs, "", c, from, to);
  if (!steps) return refused(context.conclude(c), *from, *to);
  WayBack back;
  for (const auto& step : *steps) {
    auto ready = makePlan(context, c, step.from, step.target, dialect, environment, faces, step.to);
    if (!ready) return refused(ready.error(), *step.from, *step.to);
    const auto& planned = ready->planned;
    back.losses.push_back(count(nullptr,
                                plan::lossesOfRollback(planned.changes, step.forth, planned.from,
                                                       planned.to, dialect.traits()),
                                step.from->version, step.to->version));
    back.way.plans.push_back(std::move(*ready));
    faces.before = faces.after;
    ++faces.soak.run;
  }
  return back;
}

Or<WayBack> wayBackFromDatabase(Context& context, driver::Compilation& c, Database& database,
                                const Active& active, const ModelPtr& to) {
  const std::string& name = database.target.environment->name;
  if (active.open && active.open->begun)
    return Failure{context.fail(
        report<Code::RUN058>({}, active.open->digest.substr(0, 8),
                             versionText(active.open->fromVersion), active.open->toVersion, name)
            .help(
                fmt::format("take it back with `cambium undo -e {}`, or finish it first: `cambium "
                            "resume -e {} --through contract`",
                            name, name)))};
  const auto faces = facesOf(context, database, active);
  if (!faces) return Failure{faces.error()};
  auto back =
      makeWayBack(context, c, activeModel(c, active), to, *database.target.dialect, name, *faces);
  if (!back) return back;
  for (const ReadyPlan& ready : back->way.plans)
    if (const auto fits = checkExtras(context, database, active, ready.planned.plan); !fits)
      return Failure{fits.error()};
  lookAround(*database.session, back->way.plans.front(), samplesWanted(context));
  LossesOfStep& first = back->losses.front();
  std::vector<plan::RollbackLoss> all;
  for (auto& one : first.losses) all.push_back(std::move(one.loss));
  first = count(database.session.get(), all, first.from, first.to);
  findKept(*database.session, to->package, first);
  return back;
}

Or<LossesOfStep> lossesOfScript(Context& context, Database& database, const Active& active,
                                const emit::Script& script) {
  auto to = artifact::unseal(script.wayBack);
  if (!to) return Failure{recordedVersionFails(context, database, to.error().detail)};
  DiagnosticSink told;  // when the plan was made
  const auto& traits = database.target.dialect->traits();
  const auto older = std::make_shared<const ir::Model>(std::move(*to));
  const auto changes = diff::diff(active.model, older, told);
  const auto from = catalog::lower(*changes.from, traits, told);
  const auto back = catalog::lower(*changes.to, traits, told);
  auto losses = count(database.session.get(),
                      plan::lossesOfRollback(changes, diff::findMigration(*older, *active.model),
                                             from, back, traits),
                      script.fromVersion, script.toVersion);
  findKept(*database.session, script.package, losses);
  return losses;
}

Or<bool> showLosses(Context& context, const std::vector<LossesOfStep>& steps) {
  Output& out = context.out;
  std::vector<std::string> objects;
  std::string text;
  for (const LossesOfStep& step : steps) {
    const bool loses = std::ranges::any_of(step.losses, &CountedLoss::losesData);
    text += fmt::format("{} {} {}: {}\n", step.from, arrow(out.out()), step.to,
                        loses ? "what it loses" : "nothing that is there is lost");
    std::optional<Kind> kind;
    for (const CountedLoss& one : step.losses) {
      if (one.loss.kind != kind) text += fmt::format("  {}\n", headOf(one.loss.kind));
      kind = one.loss.kind;
      text += fmt::format("    {}\n", textOf(one));
      objects.push_back(fmt::format(
          "{{\"from\":{},\"to\":{},\"kind\":{},\"what\":{},\"rows\":{},\"keptAs\":{}}}",
          jsonText(step.from), jsonText(step.to), jsonText(std::string(wordOf(one.loss.kind))),
          jsonText(one.loss.what), one.rows ? std::to_string(*one.rows) : "null",
          one.keptAs.empty() ? "null" : jsonText(one.keptAs)));
    }
  }
  out.print(text);
  out.field("losses", jsonArray(objects));
  for (const LossesOfStep& step : steps) {
    auto d = report<Code::RUN087>({}, step.to);
    std::vector<std::string> lines;
    for (const CountedLoss& one : step.losses)
      if (one.loss.kind == Kind::inTheWay && one.rows) {
        d.note(textOf(one));
        if (std::ranges::find(lines, one.loss.help) == lines.end()) lines.push_back(one.loss.help);
      }
    if (lines.empty()) continue;
    d.help("correct these rows, or say what becomes of them in a block of the package:");
    for (const auto& line : lines)
      d.help(fmt::format("`migration from \"{}\" to \"{}\" {{ {} }}`", step.from, step.to, line));
    return Failure{context.fail(std::move(d))};
  }
  return true;
}

Outcome agreeToRollback(Context& context, const std::vector<LossesOfStep>& steps,
                        const std::string& environment) {
  auto d = report<Code::RUN061>({});
  bool loses = false;
  for (const LossesOfStep& step : steps)
    for (const CountedLoss& one : step.losses)
      if (one.losesData()) {
        loses = true;
        d.note("rollback loses " + textOf(one));
      }
  if (!loses || context.invocation.has("yes")) return Outcome::ok;
  if (!context.canAsk()) return context.fail(std::move(d).help("add `--yes` to agree"));
  const std::string question = fmt::format(
      "In environment `{0}` this loses data, as listed.\nType `{0}` to go on: ", environment);
  if (context.ask(question, environment)) return Outcome::ok;
  return context.fail(std::move(d).help("nothing was done"));
}

}  // namespace cambium::cli
