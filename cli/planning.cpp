#include "cli/planning.h"

#include <algorithm>
#include <charconv>

#include <fmt/ranges.h>

#include "cli/extras.h"
#include "compiler/artifact/seal.h"

namespace cambium::cli {

namespace {

// The sealed versions between two, which a jump leaves out.
std::vector<std::string> between(const driver::Compilation& c, const std::string& from,
                                 const std::string& to) {
  std::vector<std::string> all;
  for (const std::string& version : c.versions)
    if (!from.empty() && driver::versionLess(from, version) && driver::versionLess(version, to))
      all.push_back(version);
  return all;
}

Diagnostic notAPlan(const std::string& name, const emit::PlanFileError& error) {
  if (error.tampered)
    return report<Code::RUN055>({}, name)
        .note(error.detail)
        .help("make the plan again: a plan is approved as it was made, byte for byte");
  return report<Code::RUN054>({}, name, error.detail);
}

}  // namespace

std::optional<int64_t> countOf(dialect::Session& session, const std::string& sql) {
  const auto rows = session.query(sql);
  if (!rows || rows->empty() || rows->front().empty() || !rows->front().front())
    return std::nullopt;
  const std::string& text = *rows->front().front();
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

Or<Faces> facesOf(Context& context, const Database& database, const Active& active) {
  Faces out;
  const ir::Environment* environment = database.target.environment;
  out.after = environment && environment->accessViews;
  if (!active.installation || !database.session) return out;
  const auto there = hasFace(database, *active.model);
  if (!there) return Failure{context.fail(describe(there.error(), database.target))};
  out.before = *there;
  return out;
}

Or<ReadyPlan> makePlan(Context& context, driver::Compilation& c, const ModelPtr& from,
                       const ModelPtr& to, const dialect::Dialect& dialect,
                       const std::string& environment, Faces faces) {
  auto options = context.driverOptions();
  options.environment = environment;
  options.faceBefore = faces.before;
  options.faceAfter = faces.after;
  auto planned = driver::planBetween(c, from, to, dialect, options);
  const auto left = between(c, from->version, to->version);
  const bool said = std::ranges::any_of(to->migrations, [&](const ir::Migration& m) {
    return m.from == from->version && m.to == to->version;
  });
  if (!planned && !left.empty() && !said) {
    // What each version says of its rows it says of the one before.
    const std::string at = environment.empty() ? "" : " -e " + environment;
    return Failure{context.fail(
        report<Code::RUN075>({}, from->version, to->version)
            .note(fmt::format("sealed between them: {}", fmt::join(left, ", ")))
            .help(fmt::format("go there one by one: `cambium plan{} --to {} -o next.plan`", at,
                              left.front()))
            .help(fmt::format("then `cambium apply{} next.plan`", at))
            .help(fmt::format("or write the way as one: `migration from \"{}\" to \"{}\" {{ … }}`",
                              from->version, to->version)))};
  }
  if (!planned) {
    const Outcome outcome = context.conclude(c);
    if (!from->version.empty() && !environment.empty() &&
        std::ranges::find(c.versions, from->version) == c.versions.end())
      context.out.say(fmt::format(
          "help: a migration from \"{}\" needs that version sealed: `cambium seal --from env:{}`",
          from->version, environment));
    return Failure{outcome == Outcome::ok ? Outcome::internal : outcome};
  }
  ReadyPlan ready;
  ready.planned = std::move(*planned);
  ready.nothingToDo = ready.planned.empty() && ready.script().steps.empty() &&
                      from->version == to->version &&
                      artifact::digest(*from) == artifact::digest(*to);
  return ready;
}

Or<ReadyPlan> planFromDatabase(Context& context, driver::Compilation& c, Database& database,
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
  if (active.installation && driver::versionLess(to->version, active.installation->version))
    context.out.complain(fmt::format("warning: {} is at {} {}: this goes back to {}", name,
                                     to->package, active.installation->version, to->version));
  const auto faces = facesOf(context, database, active);
  if (!faces) return Failure{faces.error()};
  auto ready = makePlan(context, c, active.model, to, *database.target.dialect, name, *faces);
  if (!ready) return ready;
  if (const auto fits = checkExtras(context, database, active, ready->planned.plan); !fits)
    return Failure{fits.error()};
  if (database.session) countRows(*database.session, *ready);
  return ready;
}

void countRows(dialect::Session& session, ReadyPlan& ready) {
  for (const auto& probe : ready.script().probes)
    ready.probeCounts.push_back(countOf(session, probe.countSql));
  for (const auto& step : ready.script().steps)
    ready.rowEstimates.push_back(
        step.action.sql.batch ? countOf(session, step.action.sql.batch->countAll) : std::nullopt);
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
  options.rowEstimates = ready.rowEstimates;
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
