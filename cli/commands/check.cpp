#include <algorithm>
#include <chrono>

#include "cli/commands.h"
#include "cli/package.h"
#include "compiler/diagnostics/fixes.h"

namespace cambium::cli {

namespace {

// What the package itself says of where databases are; what a variable holds is this machine's.
void checkUrls(Context& context, driver::Compilation& c) {
  for (const ir::Environment& environment : c.model->environments) {
    if (environment.url.empty() && !environment.urlVariable.empty()) continue;
    const auto dialect = dialectOf(context, environment.url);
    if (dialect) continue;
    Diagnostic d = dialect.error();
    d.span = environment.span;
    c.diagnostics.add(std::move(d));
  }
}

// Everything that can be known without a database: the model, and for each dialect its catalog and
// the plan from the version before.
driver::Compilation& checkAll(Context& context) {
  auto options = context.driverOptions();
  options.allSealed = true;
  options.advice = context.invocation.has("advice");
  auto& c = context.compile(options);
  if (!c.model || c.diagnostics.hasErrors()) return c;
  checkUrls(context, c);
  if (options.advice) driver::advise(c);
  const auto dialects = dialectsOf(context, *c.model);
  for (const dialect::Dialect* dialect : dialects) driver::lowerFor(c, *c.model, *dialect, options);
  if (c.diagnostics.hasErrors() || c.versions.empty()) return c;
  const std::string& before = c.versions.back();
  if (!driver::versionLess(before, c.model->version)) return c;
  for (const dialect::Dialect* dialect : dialects)
    driver::planBetween(c, c.sealed.at(before), c.model, *dialect, options);
  return c;
}

// `--docs`: what somebody wrote and nobody explained. Not told unless asked for.
void warnOfMissingDocs(driver::Compilation& c) {
  if (!c.model) return;
  const auto want = [&](const std::string& doc, Span span, std::string_view kind,
                        const std::string& name) {
    const bool own = span && span.file.index() < c.files.size();
    if (doc.empty() && own)
      c.diagnostics.add(report<Code::NAM021>(span, kind, name))
          .help("write `/// …` on the line before it");
  };
  for (const ir::Entity& e : c.model->entities) {
    if (e.made == ir::MadeEntity::written) want(e.doc, e.span, "entity", e.name);
    for (const ir::PropertyId id : e.properties) {
      const ir::Property& p = (*c.model)[id];
      if (p.made == ir::MadeProperty::written && p.origin.empty())
        want(p.doc, p.span, "property", e.name + "." + p.name);
    }
  }
  for (const ir::Enum& e : c.model->enums) want(e.doc, e.span, "enum", e.name);
  for (const ir::TagGroup& g : c.model->tagGroups) want(g.doc, g.span, "tag group", g.name);
  for (const ir::View& v : c.model->views) want(v.doc, v.span, "view", v.name);
}

struct FixCount {
  size_t fixes = 0;
  std::vector<std::string> files;
};

Result<FixCount, Diagnostic> applyFixes(const driver::Compilation& c) {
  const AppliedFixes applied = applySafeFixes(c.diagnostics.sorted(), c.sources, c.files.size());
  FixCount count{applied.count, {}};
  for (const auto& [file, text] : applied.texts) {
    const std::string& name = c.files[file.index()];
    if (const auto written = writeFileAtomically(name, text); !written)
      return Failure{report<Code::CFG065>({}, name, written.error())};
    count.files.push_back(name);
  }
  return count;
}

std::string summary(const Context& context, const driver::Compilation& c,
                    const std::vector<Diagnostic>& found, double milliseconds) {
  const Look& look = context.out.out();
  const size_t errors =
      static_cast<size_t>(std::ranges::count(found, Severity::error, &Diagnostic::severity));
  const size_t warnings = found.size() - errors;
  std::string text = errors + warnings == 0 ? "no problems" : "";
  if (errors > 0) text += counted(errors, "error");
  if (warnings > 0) text += (errors > 0 ? ", " : "") + counted(warnings, "warning");
  text += fmt::format(" in {} ({:.0f} ms)", counted(c.files.size(), "file"), milliseconds);
  const bool fixable =
      std::ranges::any_of(found, [](const Diagnostic& d) { return safeFix(d) != nullptr; });
  if (fixable) text += fmt::format(" {} fix with `cambium check --fix`", dot(look));
  if (!found.empty())
    text +=
        fmt::format(" {} details: `cambium explain {}`", dot(look), info(found.front().code).name);
  return text + "\n";
}

}  // namespace

Outcome runCheck(Context& context) {
  const auto began = std::chrono::steady_clock::now();
  driver::Compilation* c = &checkAll(context);
  if (c->model && context.invocation.has("env"))
    if (const auto known = chooseEnvironment(context, *c); !known) return known.error();
  if (context.invocation.has("fix")) {
    // A fix may uncover another one; a pair that undo each other must not go on for ever.
    constexpr int kRounds = 5;
    size_t fixes = 0;
    std::vector<std::string> files;
    for (int round = 0; round < kRounds; ++round) {
      const auto done = applyFixes(*c);
      if (!done) return context.fail(done.error());
      if (done->fixes == 0) break;
      fixes += done->fixes;
      files.insert(files.end(), done->files.begin(), done->files.end());
      c = &checkAll(context);
    }
    std::ranges::sort(files);
    files.erase(std::unique(files.begin(), files.end()), files.end());
    context.out.field("fixes", std::to_string(fixes));
    context.out.field("fixed", jsonTexts(files));
    if (fixes > 0)
      context.out.say(fmt::format("{} applied in {}",
                                  fixes == 1 ? "1 fix" : fmt::format("{} fixes", fixes),
                                  counted(files.size(), "file")));
  }
  if (context.invocation.has("docs")) warnOfMissingDocs(*c);
  const auto found = c->diagnostics.sorted();
  const double milliseconds =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count();
  Outcome outcome = context.conclude(*c, true, true);
  // A url that the package says is a finding here, not a command that was called wrongly.
  const bool ofUrl = std::ranges::any_of(found, [](const Diagnostic& d) {
    return d.span && (d.code == Code::CFG061 || d.code == Code::CFG062);
  });
  if (outcome == Outcome::usage && ofUrl) outcome = Outcome::findings;
  if (!context.out.quiet()) context.out.print(summary(context, *c, found, milliseconds));
  const auto errors = std::ranges::count(found, Severity::error, &Diagnostic::severity);
  context.out.field("files", std::to_string(c->files.size()));
  context.out.field("errors", std::to_string(errors));
  context.out.field("warnings", std::to_string(found.size() - static_cast<size_t>(errors)));
  return outcome;
}

}  // namespace cambium::cli
