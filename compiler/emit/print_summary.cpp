// The summary of a plan on a terminal (or in a text file): one line for each step, aligned, cut to
// the width.
#include <fmt/core.h>

#include <algorithm>

#include "compiler/emit/print_parts.h"

namespace cambium::emit {
namespace {

enum class Style { plain, bold, dim, green, red, yellow, cyan, magenta };

struct Marks {  // as far as the terminal goes
  std::string_view arrow, ellipsis, dot, about, rule, warning, note;
};
constexpr Marks kUnicode{"→", "…", "·", "≈", "─", "!", "·"};
constexpr Marks kAscii{"->", "...", "|", "~", "-", "!", "-"};

class SummaryPrinter {
public:
  SummaryPrinter(const Script& script, const PrintOptions& options)
      : script_(script), options_(options), marks_(options.ascii ? kAscii : kUnicode) {}

  std::string run() {
    head();
    probes();
    layout();
    for (auto phase : kPhases) {
      if (hasPhase(script_, phase)) onePhase(phase);
    }
    tail();
    return std::move(out_);
  }

private:
  std::string paint(Style style, std::string text) const {
    if (!options_.color || text.empty()) return text;
    static constexpr std::string_view kCodes[] = {"", "1", "2", "32", "31", "33", "36", "35"};
    const auto code = kCodes[static_cast<size_t>(style)];
    return code.empty() ? text : fmt::format("\x1b[{}m{}\x1b[0m", code, text);
  }
  static Style ofSign(char sign) {
    switch (sign) {
      case '+': return Style::green;
      case '-': return Style::red;
      case '~': return Style::yellow;
      case '?': return Style::cyan;
      case '>': return Style::magenta;
    }
    return Style::plain;
  }

  void line(std::string text) {
    // No blanks at the ends of lines: they only make differences.
    while (!text.empty() && text.back() == ' ') text.pop_back();
    out_ += text;
    out_ += '\n';
  }

  void head() {
    std::string where = script_.environment;
    const std::string planned =
        script_.dialect + (script_.server.empty() ? "" : ", " + script_.server);
    const std::string server = options_.server.empty() ? planned : options_.server;
    where += where.empty() ? server : fmt::format(" ({})", server);
    line(fmt::format("Plan {}  {}   {}", paint(Style::bold, planDigest(script_).substr(0, 8)),
                     paint(Style::bold, versions(script_, marks_.arrow)), oneLine(where)));
  }

  // What is in the way, where somebody counted, and what else the database has to say.
  void probes() {
    for (size_t i = 0; i < script_.probes.size(); ++i) {
      const auto& probe = script_.probes[i];
      const bool known = i < options_.probeCounts.size() && options_.probeCounts[i].has_value();
      const int64_t rows = known ? *options_.probeCounts[i] : 0;
      const std::string count = known ? counted(rows, "row") : "not counted (no database)";
      line(fmt::format("  {} {}: {}", probe.compatibility, oneLine(probe.title),
                       paint(known && rows > 0 ? Style::yellow : Style::dim, count)));
      if (i < options_.probeSamples.size() && !options_.probeSamples[i].empty())
        line("    " + paint(Style::dim, oneLine(options_.probeSamples[i])));
    }
    for (const auto& notice : options_.notices)
      line("  " + paint(Style::yellow, fmt::format("{} {}", marks_.warning, oneLine(notice))));
  }

  std::string rowsOf(size_t index) const {
    if (index >= options_.amounts.size()) return {};
    const std::string amount = amountText(options_.amounts[index]);
    return amount.empty() ? amount : fmt::format("{} {}", marks_.about, amount);
  }

  void layout() {
    unsigned title = 0, lock = 0, rows = 0, cause = 0;
    for (size_t i = 0; i < script_.steps.size(); ++i) {
      const auto& step = script_.steps[i];
      title = std::max(title, cells(oneLine(step.title)));
      lock = std::max(lock, cells(oneLine(step.action.sql.lock)));
      rows = std::max(rows, cells(rowsOf(i)));
      cause = std::max(cause, cells(oneLine(step.cause)));
    }
    numberWidth_ = static_cast<unsigned>(std::to_string(script_.steps.size()).size());
    if (options_.width == 0) {
      constexpr unsigned kWidest = 60;  // longer ones are whole, and push what follows to the right
      title_ = std::min(title, kWidest);
      lock_ = std::min(lock, kWidest);
      rows_ = rows;
      cause_ = cause;
      return;
    }
    auto gap = [](unsigned width) { return width ? width + 3 : 0; };
    const unsigned fixed = 2 + numberWidth_ + 3;
    const unsigned room = options_.width > fixed + 20 ? options_.width - fixed : 20;
    // What matters least goes first when the line is too short: the lock's words, the place, the
    // estimate. A title is cut only when nothing is left to give way, but for a little.
    if (title + gap(lock) + gap(rows) + gap(cause) > room) lock = std::min(lock, 30u);
    const unsigned least = std::min(title, room);
    for (unsigned* column : {&lock, &cause, &rows}) {
      if (least + gap(lock) + gap(rows) + gap(cause) > room) *column = 0;
    }
    title = std::min(title, room - gap(lock) - gap(rows) - gap(cause));
    title_ = title;
    lock_ = lock;
    rows_ = rows;
    cause_ = cause;
  }

  std::string fit(std::string_view text, unsigned width) const {
    return fitted(text, options_.width == 0 ? std::max(width, cells(oneLine(text))) : width,
                  marks_.ellipsis);
  }

  void onePhase(plan::Phase phase) {
    if (phase == plan::Phase::contract) {
      std::string rule;
      for (int i = 0; i < 7; ++i) rule += marks_.rule;
      line("  " + paint(Style::red, fmt::format("{} point of no return {}", rule, rule)));
    }
    line(fmt::format("  {}{}",
                     paint(Style::bold, fmt::format("{:<9}", upper(plan::toString(phase)))),
                     " " + paint(Style::dim, phaseNote(phase, script_, options_))));
    for (size_t i = 0; i < script_.steps.size(); ++i) {
      if (script_.steps[i].phase == phase) oneStep(i);
    }
  }

  void oneStep(size_t index) {
    const auto& step = script_.steps[index];
    const Style style = ofSign(step.sign);
    std::string text =
        fmt::format("  {:>{}} {} {}", step.number, numberWidth_,
                    paint(style, std::string(1, step.sign)), fit(step.title, title_));
    if (lock_) text += "   " + paint(Style::dim, fit(step.action.sql.lock, lock_));
    if (rows_) text += "   " + fit(rowsOf(index), rows_);
    if (cause_ && !step.cause.empty()) text += "   " + paint(Style::dim, oneLine(step.cause));
    line(std::move(text));
    for (const auto& hazard : step.hazards) {
      if (isNote(hazard)) continue;
      line(fmt::format("  {:>{}}   {}", "", numberWidth_,
                       paint(Style::yellow, fmt::format("{} {} {}", marks_.warning, hazard.code,
                                                        oneLine(hazard.text)))));
    }
  }

  // What costs nobody more than time, for all steps at once.
  void note(Code code, std::string_view one, std::string_view several) {
    std::string numbers;
    bool many = false;
    for (const auto& step : script_.steps) {
      if (std::ranges::find(step.hazards, info(code).name, &plan::Hazard::code) ==
          step.hazards.end())
        continue;
      many = !numbers.empty();
      numbers += (many ? ", " : "") + std::to_string(step.number);
    }
    if (numbers.empty()) return;
    line("  " + paint(Style::dim, fmt::format("{} {} step{} {} {}", marks_.note, info(code).name,
                                              many ? "s" : "", numbers, many ? several : one)));
  }

  void tail() {
    note(Code::LCK013, "works beside others, who are slower meanwhile",
         "work beside others, who are slower meanwhile");
    note(Code::LCK014, "takes an index away that queries may use",
         "take indexes away that queries may use");
    const std::string both = promise(script_);
    line(both.empty() ? totals(script_)
                      : fmt::format("{} {} {}", totals(script_), marks_.dot, both));
  }

  const Script& script_;
  const PrintOptions& options_;
  const Marks& marks_;
  unsigned numberWidth_ = 1, title_ = 0, lock_ = 0, rows_ = 0, cause_ = 0;
  std::string out_;
};

}  // namespace

std::string printSummary(const Script& script, const PrintOptions& options) {
  return SummaryPrinter(script, options).run();
}

}  // namespace cambium::emit
