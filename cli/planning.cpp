#include "cli/planning.h"

#include <algorithm>
#include <utility>

#include <fmt/ranges.h>

#include "cli/extras.h"
#include "cli/surroundings.h"
#include "compiler/artifact/seal.h"
#include "compiler/dialect/cells.h"
#include "compiler/driver/chain.h"

namespace cambium::cli {

namespace {

Diagnostic notAPlan(const std::string& name, const emit::PlanFileError& error) {
  if (error.tampered)
    return report<Code::RUN055>({}, name)
        .note(error.detail)
        .help("make the plan again: a plan is approved as it was made, byte for byte");
  return report<Code::RUN054>({}, name, error.detail);
}

ReadyPlan readyPlan(driver::Planned planned, const ir::Model& from, const ir::Model& to) {
  ReadyPlan ready;
  ready.planned = std::move(planned);
  ready.nothingToDo = ready.planned.empty() && ready.script().steps.empty() &&
                      from.version == to.version && artifact::digest(from) == artifact::digest(to);
  return ready;
}

}  // namespace

std::optional<int64_t> countOf(dialect::Session& session, const std::string& sql) {
  const auto rows = session.query(sql);
  return rows && !rows->empty() ? dialect::wholeAt(rows->front(), 0) : std::nullopt;
}

Or<Faces> facesOf(Context& context, const Database& database, const Active& active) {
  Faces out;
  const ir::Environment* environment = database.target.environment;
  out.after = environment && environment->accessViews;
  if (environment) out.soak.seconds = environment->soakSeconds;
  if (out.soak.seconds > 0 && database.session) {
    const auto run = runner::Ledger(*database.session).nextRun(active.model->package);
    if (!run) return Failure{context.fail(describe(run.error(), database.target))};
    out.soak.run = *run;
  }
  if (!active.installation || !database.session) return out;
  const auto there = hasFace(database, *active.model);
  if (!there) return Failure{context.fail(describe(there.error(), database.target))};
  out.before = *there;
  return out;
}

Or<ReadyPlan> makePlan(Context& context, driver::Compilation& c, const ModelPtr& from,
                       const ModelPtr& to, const dialect::Dialect& dialect,
                       const std::string& environment, Faces faces, const ModelPtr& recordAs) {
  auto options = context.driverOptions();
  options.environment = environment;
  options.faceBefore = faces.before;
  options.faceAfter = faces.after;
  options.recordAs = recordAs;
  options.soak = faces.soak;
  auto planned = driver::planBetween(c, from, to, dialect, options);
  if (!planned) {
    const Outcome outcome = context.conclude(c);
    if (!from->version.empty() && !environment.empty() &&
        std::ranges::find(c.versions, from->version) == c.versions.end())
      context.out.say(fmt::format(
          "help: a migration from \"{}\" needs that version sealed: `cambium seal --from env:{}`",
          from->version, environment));
    return Failure{outcome == Outcome::ok ? Outcome::internal : outcome};
  }
  return readyPlan(std::move(*planned), *from, *to);
}

namespace {

// All of them, or none; `c` knows the errors then.
Or<std::vector<ReadyPlan>> plansAlong(Context& context, driver::Compilation& c,
                                      const ModelPtr& from, const driver::Chain& chain,
                                      const dialect::Dialect& dialect,
                                      const std::string& environment, Faces faces) {
  std::vector<ReadyPlan> plans;
  ModelPtr at = from;
  for (const ModelPtr& stop : chain) {
    auto ready = makePlan(context, c, at, stop, dialect, environment, faces);
    if (!ready && chain.size() > 1)
      (void)context.fail(
          report<Code::RUN080>({}, from->version, chain.back()->version, at->version, stop->version)
              .note("nothing was done: a way is planned to its end before it is begun")
              .help(fmt::format("as far as it goes: `cambium plan --to {} -o FILE`, then `cambium "
                                "apply FILE`",
                                at == from ? stop->version : at->version))
              .help(
                  fmt::format("or write the way as one: `migration from \"{}\" to \"{}\" {{ … }}`",
                              from->version, chain.back()->version)));
    if (!ready) return Failure{ready.error()};
    plans.push_back(std::move(*ready));
    at = stop;
    faces.before = faces.after;
    ++faces.soak.run;
  }
  return plans;
}

// The same for a shorter way, of whose errors nobody is told.
std::optional<std::vector<ReadyPlan>> plansAtOnce(Context& context, driver::Compilation& c,
                                                  const ModelPtr& from, const driver::Chain& chain,
                                                  const dialect::Dialect& dialect,
                                                  const std::string& environment, Faces faces) {
  auto options = context.driverOptions();
  options.environment = environment;
  std::vector<ReadyPlan> plans;
  ModelPtr at = from;
  for (const ModelPtr& stop : chain) {
    options.faceBefore = std::exchange(faces.before, faces.after);
    options.faceAfter = faces.after;
    options.soak = faces.soak;
    ++faces.soak.run;
    auto planned = driver::planBetween(c, at, stop, dialect, options);
    if (!planned) return std::nullopt;
    plans.push_back(readyPlan(std::move(*planned), *at, *stop));
    at = stop;
  }
  return plans;
}

}  // namespace

std::string ReadyWay::text(std::string_view arrow) const {
  std::string out = versionText(fromVersion());
  for (const ReadyPlan& plan : plans) out += fmt::format(" {} {}", arrow, plan.script().toVersion);
  return out;
}

Or<ReadyWay> makeWay(Context& context, driver::Compilation& c, const ModelPtr& from,
                     const ModelPtr& to, const dialect::Dialect& dialect,
                     const std::string& environment, Faces faces) {
  const auto chain = driver::chainBetween(context.fs, "", c, *from, to);
  if (!chain) return Failure{context.conclude(c)};
  ReadyWay way;
  const auto shorter = driver::joined(from, *chain);
  if (shorter.size() < chain->size()) {
    // What cannot be planned at once, or not proven, is taken step by step.
    const DiagnosticSink before = c.diagnostics;
    if (auto plans = plansAtOnce(context, c, from, shorter, dialect, environment, faces)) {
      for (const ModelPtr& stop : *chain)
        if (std::ranges::find(shorter, stop) == shorter.end()) way.passed.push_back(stop->version);
      way.plans = std::move(*plans);
      return way;
    }
    c.diagnostics = before;
  }
  auto plans = plansAlong(context, c, from, *chain, dialect, environment, faces);
  if (!plans) return Failure{plans.error()};
  way.plans = std::move(*plans);
  return way;
}

void sayWay(Context& context, const ReadyWay& way) {
  if (!way.passed.empty())
    context.out.say(
        fmt::format("nothing is lost by going past {}: all changes there are safe, and "
                    "nothing is said of rows",
                    fmt::join(way.passed, ", ")));
  if (way.plans.size() > 1)
    context.out.say(fmt::format("{} plans, each after the end of the one before: {}",
                                way.plans.size(), way.text(arrow(context.out.err()))));
}

std::vector<std::string> versionsLeft(Context& context, driver::Compilation& c,
                                      const ModelPtr& from, const ModelPtr& to) {
  if (!driver::versionLess(from->version, to->version)) return {};
  const auto chain = driver::chainBetween(context.fs, "", c, *from, to);
  if (!chain) return {};
  std::vector<std::string> versions;
  for (const ModelPtr& stop : driver::joined(from, *chain)) versions.push_back(stop->version);
  return versions;
}

Or<ReadyWay> wayFromDatabase(Context& context, driver::Compilation& c, Database& database,
                             const Active& active, const ModelPtr& to) {
  const ir::Environment* environment = database.target.environment;
  const std::string name = environment ? environment->name : "";
  if (active.open && active.open->begun) {
    return Failure{context.fail(
        report<Code::RUN058>({}, active.open->digest.substr(0, 8),
                             versionText(active.open->fromVersion), active.open->toVersion, name)
            .help(fmt::format(
                "finish it with `cambium resume -e {}` or take it back with `cambium undo -e {}`",
                name, name)))};
  }
  if (!active.installation && active.hasObjects) {
    return Failure{context.fail(
        report<Code::RUN053>({}, database.target.shown, to->package)
            .help(fmt::format("if it is what this model describes: `cambium adopt -e {}`", name))
            .help("if there is no model of it yet: `cambium pull URL -o DIR`"))};
  }
  if (active.installation && driver::versionLess(to->version, active.installation->version)) {
    context.out.complain(fmt::format("warning: {} is at {} {}: this goes back to {}", name,
                                     to->package, active.installation->version, to->version));
    context.out.say(fmt::format(
        "help: `cambium rollback -e {}` turns the migration between the two round", name));
  }
  const auto faces = facesOf(context, database, active);
  if (!faces) return Failure{faces.error()};
  auto way = makeWay(context, c, active.model, to, *database.target.dialect, name, *faces);
  if (!way) return way;
  for (const ReadyPlan& ready : way->plans)
    if (const auto fits = checkExtras(context, database, active, ready.planned.plan); !fits)
      return Failure{fits.error()};
  if (database.session) lookAround(*database.session, way->plans.front(), samplesWanted(context));
  return way;
}

emit::PrintOptions printOptions(Context& context, const ReadyPlan& ready,
                                const ir::Environment* environment, const std::string& product) {
  const Look& look = context.out.out();
  emit::PrintOptions options;
  options.color = look.color;
  options.ascii = look.ascii;
  options.width = look.bounded ? look.width : 0;  // a file or a pipe has no edge
  options.server = product;
  options.probeCounts = ready.probeCounts;
  options.probeSamples = ready.probeSamples;
  options.amounts = ready.amounts;
  options.notices = ready.notices;
  if (environment) {
    options.destructiveAllowed = environment->destructiveAllowed;
    options.approvals = environment->approvals;
  }
  return options;
}

Or<emit::Script> readPlan(Context& context, const std::string& path) {
  const auto text = context.fs.read(path);
  if (!text) return Failure{context.fail(report<Code::CFG051>({}, path, text.error()))};
  auto script = emit::readPlanFile(*text);
  if (!script) return Failure{context.fail(notAPlan(path, script.error()))};
  return std::move(*script);
}

Or<emit::Script> storedPlan(Context& context, const Database& database,
                            const runner::PlanRecord& record) {
  auto script = emit::readPlanFile(record.document);
  if (!script)
    return Failure{context.fail(
        notAPlan(fmt::format("{} in {}", record.digest.substr(0, 8), database.target.shown),
                 script.error()))};
  return std::move(*script);
}

}  // namespace cambium::cli
