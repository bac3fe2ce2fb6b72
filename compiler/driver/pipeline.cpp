// The stages as a straight list: the file to read first. What each of them does is in its header.
#include "compiler/driver/pipeline.h"

#include <algorithm>
#include <set>

#include "compiler/artifact/seal.h"
#include "compiler/catalog/external.h"
#include "compiler/catalog/version_faces.h"
#include "compiler/driver/dump.h"
#include "compiler/driver/load.h"
#include "compiler/driver/stage_clock.h"
#include "compiler/ir/holders.h"
#include "compiler/plan/prove.h"
#include "compiler/sema/analyze.h"
#include "compiler/syntax/parse.h"

namespace cambium::driver {

namespace {

bool wants(const Options& options, std::string_view stage) {
  return options.onDump && std::ranges::find(options.dump, stage) != options.dump.end();
}

// Hands the output of a stage to whoever asked for it; `text` is only called then.
template <class Text>
void dump(const Options& options, std::string_view stage, Text text) {
  if (wants(options, stage)) options.onDump(stage, text());
}

// What is about the package as a whole has its place in the `package` line: at the version that it
// states, or at its name.
Span packageLine(const Compilation& c, Code code) {
  for (const auto& tree : c.trees) {
    if (!tree.package) continue;
    const auto& version = tree.package->version;
    return version && code != Code::MIG051 ? version->span : tree.package->name.span;
  }
  return {};
}

// Tables of others, of either version: the plan does not look at them.
std::vector<std::string> notOurs(const ir::Model& from, const ir::Model& to,
                                 const Planned& planned) {
  std::set<std::string> names;
  for (const auto* model : {&from, &to})
    for (auto& name : catalog::externalTables(*model))
      if (!planned.from.catalog.findTable(name) && !planned.to.catalog.findTable(name))
        names.insert(std::move(name));
  return {names.begin(), names.end()};
}

std::string digestOf(const ir::Model& model) {
  const bool nothing = model.version.empty() && model.entities.empty();
  return nothing ? "" : artifact::digest(model);
}

}  // namespace

void hand(const DiagnosticSink& found, const ir::Model& model, DiagnosticSink& sink, bool advice) {
  std::optional<ir::Holders> holders;  // made when it is first asked for
  const auto covered = [&](std::string_view code, Span span) {
    return std::ranges::any_of(model.suppressions, [&](const ir::Suppression& s) {
      return s.code == code && s.covers.file == span.file && s.covers.begin <= span.begin &&
             span.end <= s.covers.end;
    });
  };
  const auto silenced = [&](const Diagnostic& d) {
    const auto code = info(d.code).name;
    const auto same = [&](const ir::Suppression& s) { return s.code == code; };
    if (std::ranges::none_of(model.suppressions, same)) return false;
    if (covered(code, d.span)) return true;
    // What a mixin brings is silenced where all that have it say so.
    if (!holders) holders.emplace(model);
    const auto& all = holders->of(d.span);
    return !all.empty() && std::ranges::all_of(all, [&](Span e) { return covered(code, e); });
  };
  const auto wanted = [&](const Diagnostic& d) {
    return (advice || !info(d.code).name.starts_with("ADV")) && !silenced(d);
  };
  for (const Diagnostic& d : found.all())
    if (d.severity == Severity::error || wanted(d)) sink.add(d);
}

std::unique_ptr<Compilation> compile(const FileSystem& fs, const std::string& folder,
                                     const Options& options) {
  auto c = std::make_unique<Compilation>();
  StageClock clock(c->times);

  if (!loadFiles(fs, folder, *c)) return c;
  clock.end("load");

  for (uint32_t i = 0; i < c->sources.size(); ++i)
    c->trees.push_back(syntax::parse(c->sources, FileId(i), c->diagnostics));
  dump(options, "tokens", [&] { return dumpTokens(c->sources); });
  dump(options, "tree", [&] { return dumpTrees(c->trees, c->sources); });
  const auto standard = parseImported(*c);
  clock.end("parse");

  if (!loadVersions(fs, folder, options, *c)) return c;
  clock.end("unseal");

  std::vector<const syntax::SyntaxTree*> trees;
  for (const auto& tree : c->trees) trees.push_back(&tree);
  c->model = std::make_shared<const ir::Model>(
      sema::analyze(trees, standard.byPackage, c->sealed, c->sources, c->diagnostics));
  clock.end("analyze");
  dump(options, "ir", [&] { return artifact::seal(*c->model); });
  return c;
}

catalog::Lowered lowerFor(Compilation& c, const ir::Model& model, const dialect::Dialect& dialect,
                          const Options& options) {
  StageClock clock(c.times);
  DiagnosticSink found;
  auto lowered = catalog::lower(model, dialect.traits(), found);
  if (!found.hasErrors()) dialect.check(model, lowered.catalog, found);
  hand(found, model, c.diagnostics, options.advice);
  clock.end("lower");
  dump(options, "catalog", [&] { return catalog::describe(lowered.catalog); });
  return lowered;
}

std::optional<Planned> planBetween(Compilation& c, std::shared_ptr<const ir::Model> from,
                                   std::shared_ptr<const ir::Model> to,
                                   const dialect::Dialect& dialect, const Options& options) {
  Planned planned;
  DiagnosticSink found;
  const auto failed = [&] {
    DiagnosticSink placed;
    const bool ours = to == c.model;  // a sealed version has no line here
    for (Diagnostic d : found.all()) {
      if (!d.span && ours && d.code != Code::RUN064) d.span = packageLine(c, d.code);
      placed.add(std::move(d));
    }
    hand(placed, *to, c.diagnostics);
    return found.hasErrors();
  };

  // What the old version's lowering warns of was said when it was new.
  DiagnosticSink old;
  const size_t errorsBefore = c.diagnostics.errorCount();
  StageClock clock(c.times);
  planned.from = catalog::lower(*from, dialect.traits(), old);
  for (const Diagnostic& d : old.all())
    if (d.severity == Severity::error) c.diagnostics.add(d);
  clock.end("lower");
  planned.to = lowerFor(c, *to, dialect, options);
  if (c.diagnostics.errorCount() == errorsBefore) {
    DiagnosticSink faces;
    if (options.faceBefore) catalog::addFace(*from, dialect.traits(), planned.from, old);
    if (options.faceAfter) catalog::addFace(*to, dialect.traits(), planned.to, faces);
    hand(faces, *to, c.diagnostics);
  }
  if (c.diagnostics.errorCount() > errorsBefore) return std::nullopt;

  clock.start();
  planned.changes = diff::diff(from, to, found);
  clock.end("diff");
  dump(options, "changes", [&] { return dumpChanges(planned.changes); });
  if (found.hasErrors()) return failed(), std::nullopt;

  planned.plan =
      plan::plan(planned.changes, planned.from, planned.to, dialect.traits(), found, options.soak);
  planned.plan.fromDigest = digestOf(*from);
  const ir::Model& recorded = options.recordAs ? *options.recordAs : *to;
  planned.plan.toDigest = digestOf(recorded);
  clock.end("plan");
  dump(options, "plan", [&] { return dumpPlan(planned.plan); });
  if (found.hasErrors()) return failed(), std::nullopt;

  if (const auto failure = plan::prove(planned.plan, dialect.traits())) {
    found.add(report<Code::RUN064>({}, failure->step, failure->claim)
                  .note(failure->difference)
                  .help("this is a mistake in the tool: please report it with the two versions; "
                        "a way around it is to make the change in two versions"));
  }
  clock.end("prove");
  if (found.hasErrors()) return failed(), std::nullopt;

  planned.script = emit::emit(planned.plan, dialect, c.sources, found);
  planned.script.tool = options.tool;
  planned.script.environment = options.environment;
  planned.script.toModel = artifact::seal(recorded);
  if (options.recordAs) planned.script.wayBack = artifact::seal(*to);
  planned.script.external = notOurs(*from, *to, planned);
  clock.end("emit");
  dump(options, "script", [&] { return emit::toPlanFile(planned.script); });
  if (failed()) return std::nullopt;
  return planned;
}

}  // namespace cambium::driver
