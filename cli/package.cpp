#include "cli/package.h"

#include <algorithm>
#include <cstdlib>

#include "compiler/artifact/seal.h"
#include "compiler/diagnostics/suggest.h"

namespace cambium::cli {

Or<driver::Compilation*> loadPackage(Context& context, const driver::Options& options) {
  auto& c = context.compile(options);
  if (const Outcome outcome = context.conclude(c); outcome != Outcome::ok) return Failure{outcome};
  return &c;
}

Or<driver::Compilation*> loadPackage(Context& context) {
  return loadPackage(context, context.driverOptions());
}

Or<ModelPtr> modelOfVersion(Context& context, driver::Compilation& c, const std::string& version) {
  const std::string& working = c.model->version;
  const bool isSealed =
      std::ranges::find(c.versions, version.empty() ? working : version) != c.versions.end();
  if (version.empty() && working.empty()) {
    return Failure{context.fail(
        report<Code::CFG057>({}, c.model->package)
            .help(fmt::format("state one: `package {} version \"0.1.0\"`", c.model->package)))};
  }
  if (!isSealed && (version.empty() || version == working)) return c.model;
  const auto sealed = driver::loadSealed(context.fs, "", c, version.empty() ? working : version);
  if (!sealed) return Failure{context.conclude(c)};
  if (!version.empty()) return sealed;
  if (artifact::digest(*sealed) == artifact::digest(*c.model)) return c.model;
  return Failure{context.fail(
      report<Code::CFG056>({}, working)
          .note("databases may hold the sealed version already: it never changes")
          .help(fmt::format(
              "give the package another version; `cambium diff {} .` shows what differs",
              working)))};
}

Or<const ir::Environment*> findEnvironment(Context& context, driver::Compilation& c,
                                           const std::string& wanted) {
  const auto& all = c.model->environments;
  for (const auto& environment : all)
    if (environment.name == wanted) return &environment;
  auto d = report<Code::CFG058>({}, wanted);
  std::vector<std::string_view> names;
  for (const auto& environment : all) names.push_back(environment.name);
  std::string list;
  for (const auto name : names) list += fmt::format("{}`{}`", list.empty() ? "" : ", ", name);
  if (const auto near = suggestions(wanted, names); !near.empty())
    d.help(didYouMean(near));
  else
    d.help(names.empty() ? fmt::format("declare it: `environment {} {{ url env(\"…\") }}`", wanted)
                         : "there is " + list);
  return Failure{context.fail(std::move(d))};
}

Or<const ir::Environment*> chooseEnvironment(Context& context, driver::Compilation& c) {
  const auto& all = c.model->environments;
  if (const std::string wanted = context.invocation.value("env"); !wanted.empty())
    return findEnvironment(context, c, wanted);
  if (all.empty()) {
    return Failure{
        context.fail(report<Code::CFG059>({}, c.model->package)
                         .help("declare one: `environment dev { url env(\"DEV_URL\", \"…\") }`"))};
  }
  for (const auto& environment : all)
    if (all.size() == 1 || environment.promoteFrom.empty()) return &environment;
  return &all.front();
}

namespace {

bool meets(Span a, Span b) {
  return a && b && a.file == b.file && a.begin <= b.end && b.begin <= a.end;
}

bool concerns(const Diagnostic& d, Span place) {
  return meets(d.span, place) || std::ranges::any_of(d.labels, [&](const Label& label) {
           return meets(label.span, place);
         });
}

// Whether what is read of a declaration is what stands there: what a syntax error leaves out of its
// file nobody can tell, and an error about no file may be about anything.
bool isReadable(const driver::Compilation& c, const syntax::SyntaxTree& tree, Span declaration) {
  if (tree.hasErrors) return false;
  return std::ranges::none_of(c.diagnostics.all(), [&](const Diagnostic& d) {
    return d.severity == Severity::error && (!d.span || concerns(d, declaration));
  });
}

bool packageIsReadable(const driver::Compilation& c) {
  bool found = false;
  for (const auto& tree : c.trees) {
    if (!tree.package) continue;
    found = true;
    if (!isReadable(c, tree, tree.package->span)) return false;
  }
  return found;
}

bool environmentIsReadable(const driver::Compilation& c, const ir::Environment& environment) {
  for (const auto& tree : c.trees)
    for (const auto& decl : tree.decls)
      if (const auto* d = std::get_if<syntax::EnvironmentDecl>(&decl);
          d && meets(d->span, environment.span))
        return isReadable(c, tree, d->span);
  return false;
}

}  // namespace

Or<RecordedPlace> recordedPlace(Context& context) {
  driver::Compilation& c = context.compile(context.driverOptions());
  if (!c.diagnostics.hasErrors()) {
    if (const Outcome shown = context.conclude(c); shown != Outcome::ok) return Failure{shown};
    const auto environment = chooseEnvironment(context, c);
    if (!environment) return Failure{environment.error()};
    return RecordedPlace{&c, *environment};
  }
  const std::string wanted = context.invocation.value("env");
  const bool hasSyntaxErrors = std::ranges::any_of(c.trees, &syntax::SyntaxTree::hasErrors);
  const ir::Environment* chosen = nullptr;
  if (c.model && packageIsReadable(c))
    for (const auto& environment : c.model->environments) {
      // As chooseEnvironment() does.
      const bool isMeant =
          wanted.empty() ? c.model->environments.size() == 1 || environment.promoteFrom.empty()
                         : environment.name == wanted;
      if (!isMeant) continue;
      if (environmentIsReadable(c, environment)) chosen = &environment;
      break;
    }
  // Which one is meant by no name depends on all of them, and one may be in what was not read.
  if (!chosen || (wanted.empty() && hasSyntaxErrors)) {
    const Outcome shown = context.conclude(c);
    if (chosen)
      context.out.complain(fmt::format(
          "help: what the database has recorded is enough for this, where you say which "
          "environment it is: `-e {}`",
          chosen->name));
    return Failure{shown};
  }
  const auto errors =
      std::ranges::count(c.diagnostics.sorted(), Severity::error, &Diagnostic::severity);
  context.out.complain(
      fmt::format("warning: the model has {}, which `cambium check` shows: what is done here is "
                  "what the database has recorded",
                  counted(static_cast<size_t>(errors), "error")));
  return RecordedPlace{&c, chosen};
}

Result<std::string> urlOf(const ir::Environment& environment) {
  if (environment.urlVariable.empty()) return environment.url;
  const char* value = std::getenv(environment.urlVariable.c_str());
  if (value && *value) return std::string(value);
  if (!environment.url.empty()) return environment.url;
  return Failure{environment.urlVariable + " is not set"};
}

Result<const dialect::Dialect*, Diagnostic> dialectOf(Context& context, const std::string& url) {
  std::vector<std::string_view> known;
  for (const auto& dialect : context.dialects().all())
    for (const auto& name : dialect->traits().schemes) known.push_back(name);
  std::string list;
  for (const auto name : known) list += fmt::format("{}`{}:`", list.empty() ? "" : ", ", name);
  const size_t colon = url.find(':');
  if (colon == std::string::npos || colon == 0)
    return Failure{report<Code::CFG062>({}, withoutPassword(url))
                       .help("a url begins with the kind of database: " + list)};
  const std::string scheme = url.substr(0, colon);
  if (const auto* dialect = context.dialects().findByScheme(scheme)) return dialect;
  const auto near = suggestions(scheme, known);
  return Failure{report<Code::CFG061>({}, scheme + ":")
                     .help(near.empty() ? "known are " + list : didYouMean(near))};
}

Or<Target> targetOf(Context& context, const std::string& url) {
  const auto dialect = dialectOf(context, url);
  if (!dialect) return Failure{context.fail(dialect.error())};
  Target target;
  target.url = url;
  target.shown = withoutPassword(url);
  target.dialect = *dialect;
  return target;
}

Or<Target> targetOf(Context& context, driver::Compilation& c, const ir::Environment& environment) {
  const auto url = urlOf(environment);
  if (!url) {
    return Failure{context.fail(
        report<Code::CFG060>(environment.span, environment.urlVariable, environment.name)
            .help(fmt::format("export {}=… or choose another environment with `-e`",
                              environment.urlVariable)),
        &c.sources)};
  }
  auto target = targetOf(context, *url);
  if (target) target->environment = &environment;
  return target;
}

std::vector<const dialect::Dialect*> dialectsOf(Context& context, const ir::Model& model) {
  std::vector<const dialect::Dialect*> found;
  for (const auto& environment : model.environments) {
    const auto url = urlOf(environment);
    if (!url) continue;
    const auto* dialect = context.dialects().findByScheme(url->substr(0, url->find(':')));
    if (dialect && std::ranges::find(found, dialect) == found.end()) found.push_back(dialect);
  }
  std::ranges::sort(found, {},
                    [](const auto* dialect) { return std::string_view(dialect->name()); });
  if (found.empty())
    for (const auto& dialect : context.dialects().all()) found.push_back(dialect.get());
  return found;
}

namespace {

struct Part {
  size_t begin, length;
};

// Where a text has passwords: behind `scheme://user:`, behind `password=`.
std::vector<Part> passwordsIn(std::string_view text) {
  std::vector<Part> found;
  for (size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 3)) {
    const size_t end = std::min(text.find_first_of(" /?#'\"`\n", at + 3), text.size());
    const size_t sign = text.substr(0, end).rfind('@');
    if (sign == std::string_view::npos || sign < at + 3) continue;
    const size_t colon = text.find(':', at + 3);
    if (colon < sign) found.push_back({colon + 1, sign - colon - 1});
  }
  for (const std::string_view key : {"password=", "passwd=", "pwd="})
    for (size_t at = text.find(key); at != std::string_view::npos;
         at = text.find(key, at + key.size())) {
      const size_t begin = at + key.size();
      found.push_back(
          {begin, std::min(text.find_first_of("& '\"`\n;", begin), text.size()) - begin});
    }
  std::ranges::sort(found, {}, &Part::begin);
  return found;
}

}  // namespace

std::string withoutPasswords(std::string text) {
  const auto parts = passwordsIn(text);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    text.replace(part->begin, part->length, "***");
  return text;
}

std::string withoutSecrets(std::string text, const std::string& url) {
  text = withoutPasswords(std::move(text));
  for (const Part& part : passwordsIn(url)) {
    const std::string secret = url.substr(part.begin, part.length);
    if (secret.empty() || secret == "***") continue;
    for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + 3))
      text.replace(at, secret.size(), "***");
  }
  return text;
}

std::string withoutPassword(std::string_view url) {
  return withoutPasswords(std::string(url));
}

}  // namespace cambium::cli
