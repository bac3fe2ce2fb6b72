#include "cli/progress.h"

#include <algorithm>
#include <cstdlib>

#include "compiler/diagnostics/display_line.h"

namespace cambium::cli {

namespace {

constexpr auto kRedrawEvery = std::chrono::milliseconds(100);
constexpr auto kPlainEvery = std::chrono::seconds(10);

}  // namespace

std::string shortCount(int64_t rows) {
  if (rows >= 1'000'000) return fmt::format("{:.1f} M", double(rows) / 1e6);
  std::string text = std::to_string(rows);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string shortTime(double milliseconds) {
  if (milliseconds < 999.5) return fmt::format("{:.0f} ms", milliseconds);
  const double seconds = milliseconds / 1000;
  if (seconds < 60) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<int64_t>(seconds);
  if (whole < 3600) return fmt::format("{}m {:02}s", whole / 60, whole % 60);
  return fmt::format("{}h {:02}m", whole / 3600, whole / 60 % 60);
}

Progress::Progress(Context& context, size_t steps)
    : context_(context),
      steps_(steps),
      silent_(context.invocation.has("no-progress") || context.out.quiet()) {
  const char* term = std::getenv("TERM");
  live_ = context.out.err().terminal && context.out.isText() &&
          !(term && std::string_view(term) == "dumb");
}

Progress::~Progress() {
  clear();
}

std::string Progress::number(unsigned step) const {
  return fmt::format("[{}/{}]", step, steps_);
}

// A title that leaves room for the numbers around it; a file or a pipe has room for all of it.
std::string Progress::fitted(const std::string& title) const {
  constexpr unsigned kNumbers = 36;
  const Look& look = context_.out.err();
  const unsigned room = look.width > 2 * kNumbers ? look.width - kNumbers : kNumbers;
  const DisplayLine line(title);
  if (!live_ || line.width() <= room) return title;
  return line.slice(0, room - 3) + (look.ascii ? "..." : "…");
}

void Progress::clear() {
  if (drawn_) context_.out.draw("\r\033[K");
  drawn_ = false;
}

void Progress::redraw(const std::string& text) {
  const unsigned width = context_.out.err().width;
  context_.out.draw("\r\033[K" + DisplayLine(text).slice(0, width > 1 ? width - 1 : 1));
  drawn_ = true;
}

void Progress::plain(const std::string& text) {
  clear();
  context_.out.say(text);
}

void Progress::progress(const runner::Progress& e) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < (live_ ? std::chrono::steady_clock::duration(kRedrawEvery)
                           : std::chrono::steady_clock::duration(kPlainEvery)))
    return;
  last_ = now;
  const double share =
      e.totalRows > 0 ? std::clamp(double(e.rows) / double(e.totalRows), 0.0, 1.0) : 0;
  std::string text = number(e.number) + " ";
  if (live_) {
    constexpr int kCells = 10;
    const int full = static_cast<int>(share * kCells);
    const bool ascii = context_.out.err().ascii;
    for (int i = 0; i < kCells; ++i) text += i < full ? (ascii ? "#" : "▓") : (ascii ? "." : "░");
    text += " ";
  }
  text +=
      fmt::format("{:.0f} %  {}/{} rows", share * 100, shortCount(e.rows), shortCount(e.totalRows));
  if (e.rowsPerSecond > 0) {
    text += fmt::format(
        "  {}/s  {} left", shortCount(static_cast<int64_t>(e.rowsPerSecond)),
        shortTime(double(std::max<int64_t>(0, e.totalRows - e.rows)) / e.rowsPerSecond * 1000));
  }
  if (live_)
    redraw(text + "   Ctrl-C pauses safely");
  else
    plain(text);
}

void Progress::operator()(const runner::RunEvent& event) {
  if (!context_.out.isText()) return context_.out.event(runner::toJsonLine(event));
  if (silent_) return;
  const Look& look = context_.out.err();
  std::visit(
      Overloaded{
          [&](const runner::PlanStart& e) {
            if (e.done > 0) plain(fmt::format("going on after step {} of {}", e.done, e.steps));
          },
          [&](const runner::StepStart& e) {
            last_ = live_ ? decltype(last_){}
                          : std::chrono::steady_clock::now();  // short steps need no lines between
            if (live_) redraw(fmt::format("{} {}", number(e.number), e.title));
          },
          [&](const runner::StepSkipped& e) {
            plain(fmt::format("{} {}  (found done)", number(e.number), e.title));
          },
          [&](const runner::Progress& e) { progress(e); },
          [&](const runner::WaitingForLock& e) {
            const std::string text =
                fmt::format("{} waiting for a lock{}{} (attempt {})", number(e.number),
                            e.holder.empty() ? "" : " of ", e.holder, e.attempt);
            if (live_)
              redraw(text);
            else if (e.attempt == 1)
              plain(text);
          },
          [&](const runner::WaitingForOthers& e) {
            for (const auto& one : e.who)
              plain(fmt::format("{} waits until it ends: {}", number(e.number), one));
          },
          [&](const runner::WaitingForLoad& e) {
            const std::string text = fmt::format("{} waits: {}", number(e.number), e.why);
            if (live_)
              redraw(text + "   Ctrl-C pauses safely");
            else
              plain(text);
          },
          [&](const runner::StepEnd& e) {
            const std::string rows = e.rows > 0 ? fmt::format("  {} {}", shortCount(e.rows),
                                                              e.rows == 1 ? "row" : "rows")
                                                : "";
            const std::string_view sign = look.ascii ? "" : "✔ ";
            plain(fmt::format("{} {}{}{}   {}", number(e.number), colored(look, "32", sign),
                              fitted(e.title), rows, dim(look, shortTime(e.milliseconds))));
          },
          [&](const runner::Paused&) { clear(); },
          [&](const runner::Done&) { clear(); },
      },
      event);
}

}  // namespace cambium::cli
