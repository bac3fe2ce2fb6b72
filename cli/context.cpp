#include "cli/context.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>

#include "plugins/builtin_dialects.h"

namespace cambium::cli {

namespace {

// The worst first: a mistake in the tool, then what concerns files and databases, then findings.
constexpr Outcome kWorst[] = {Outcome::internal, Outcome::busy,        Outcome::partial,
                              Outcome::stale,    Outcome::notApproved, Outcome::failed,
                              Outcome::usage,    Outcome::findings};

}  // namespace

const dialect::Dialects& Context::dialects() {
  if (!dialects_) dialects_ = dialect::builtinDialects();
  return *dialects_;
}

driver::Options Context::driverOptions() {
  driver::Options options;
  options.tool = kToolVersion;
  options.dump = invocation.values("dump");
  options.onDump = [this](std::string_view, const std::string& text) { out.raw(text); };
  return options;
}

driver::Compilation& Context::keep(std::unique_ptr<driver::Compilation> c) {
  compilations_.push_back(std::move(c));
  return *compilations_.back();
}

driver::Compilation& Context::compile(const driver::Options& options) {
  return keep(driver::compile(fs, "", options));
}

Outcome outcomeOf(const std::vector<Diagnostic>& diagnostics) {
  for (const Outcome outcome : kWorst)
    for (const Diagnostic& d : diagnostics)
      if (d.severity == Severity::error && outcomeOf(d.code) == outcome) return outcome;
  return Outcome::ok;
}

Outcome Context::conclude(const driver::Compilation& c, bool withWarnings, bool asResult) {
  auto found = c.diagnostics.sorted();
  if (!withWarnings)
    std::erase_if(found, [](const Diagnostic& d) { return d.severity == Severity::warning; });
  out.diagnostics(found, c.sources, asResult);
  return outcomeOf(found);
}

Outcome Context::fail(Diagnostic d, const SourceMap* sources) {
  static const SourceMap kNoSources;
  const std::vector<Diagnostic> one{std::move(d)};
  out.diagnostics(one, sources ? *sources : kNoSources);
  return outcomeOf(one);
}

Outcome Context::usage(const std::string& message, const std::string& help) {
  out.textField("message", message);
  out.complain("error: " + message);
  if (!help.empty()) out.complain("help: " + help);
  return Outcome::usage;
}

bool Context::canAsk() const {
  return !invocation.has("no-input") && out.isText() && ::isatty(STDIN_FILENO) &&
         out.err().terminal;
}

bool Context::ask(const std::string& question, const std::string& expected) {
  out.draw(question);
  std::string answer;
  if (!std::getline(std::cin, answer)) return false;
  return answer == expected;
}

void Context::showTimes() {
  std::vector<driver::PassTime> all;
  for (const auto& c : compilations_)
    for (const auto& time : c->times) {
      const auto same = [&](const driver::PassTime& known) { return known.stage == time.stage; };
      const auto found = std::ranges::find_if(all, same);
      if (found == all.end())
        all.push_back(time);
      else
        found->milliseconds += time.milliseconds;
    }
  double total = 0;
  for (const auto& time : all) {
    out.complain(fmt::format("{:<8} {:>9.2f} ms", time.stage, time.milliseconds));
    total += time.milliseconds;
  }
  out.complain(fmt::format("{:<8} {:>9.2f} ms", "total", total));
}

std::string colored(const Look& look, std::string_view code, std::string_view text) {
  return look.color && !text.empty() ? fmt::format("\033[{}m{}\033[0m", code, text)
                                     : std::string(text);
}
std::string bold(const Look& look, std::string_view text) {
  return colored(look, "1", text);
}
std::string dim(const Look& look, std::string_view text) {
  return colored(look, "2", text);
}
std::string_view arrow(const Look& look) {
  return look.ascii ? "->" : "→";
}
std::string_view dot(const Look& look) {
  return look.ascii ? "|" : "·";
}
std::string counted(size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}
std::string versionText(const std::string& version) {
  return version.empty() ? "nothing" : version;
}

}  // namespace cambium::cli
