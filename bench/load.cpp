// What a plan costs those who work with the database meanwhile: applications that read and write at
// a steady rate, beside no plan and then in each phase of one, on each database. It ends with an
// error if one of their statements fails.
//
//   cambium_load_bench [--rows N] [--rate N] [--idle SECONDS] [--on DATABASE]
//                      [--change all|NAME[,NAME…]] [--reader with|without|both] [--phases] [--list]
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "bench/generated_model.h"
#include "bench/load_kinds.h"
#include "bench/load_traffic.h"
#include "compiler/artifact/seal.h"
#include "compiler/dialect/loader.h"
#include "plugins/builtin_dialects.h"
#include "runtime/runner/run.h"
#include "tests/support/servers.h"

namespace cambium::bench {
namespace {

using dialect::Session;
using plan::Phase;
using testing::ServerKind;

struct Wanted {
  unsigned rows = 200'000, rate = 100, idleSeconds = 4;
  std::string on;
  std::vector<std::string> changes;  // empty = all
  // Somebody besides who reads the table in one long transaction after the other.
  bool withoutReader = true, withReader = true;
  bool phases = false;
};

constexpr unsigned kReaders = 2, kWriters = 2;
constexpr unsigned kRunLockMs = 250;       // as `cambium apply` opens its session
constexpr unsigned kTheirLockMs = 60'000;  // applications of others have patience

[[noreturn]] void die(const std::string& why) {
  fmt::print(stderr, "{}\n", why);
  // Without what is done at an end: the applications are still at work.
  std::fflush(nullptr);
  std::_Exit(1);
}

const dialect::Dialect& dialectOf(const std::string& name) {
  static const dialect::Dialects dialects = dialect::builtinDialects();
  return *dialects.find(name);
}

// ---------------------------------------------------------------- the database

class Place {
public:
  explicit Place(std::string dialect) : dialect_(std::move(dialect)) {
    if (dialect_ == "sqlite") {
      std::string folder =
          (std::filesystem::temp_directory_path() / "cambium-load-XXXXXX").string();
      if (!mkdtemp(folder.data())) die("no temporary folder");
      folder_ = folder;
      url_ = "sqlite://" + folder + "/load.db";
    } else {
      server_.emplace(dialect_ == "postgres" ? ServerKind::postgres : ServerKind::mariadb);
      database_.emplace(server_->freshDatabase());
      url_ = database_->url();
    }
  }
  ~Place() {
    database_.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  std::unique_ptr<Session> open(unsigned lockTimeoutMs) const {
    const std::vector<std::string> folders = {CAMBIUM_PLUGINS};
    const auto plugin = dialect::loadDatabasePlugin(dialect_, folders);
    if (!plugin) die(plugin.error().message);
    dialect::SessionOptions options;
    options.lockTimeoutMs = lockTimeoutMs;
    options.create = true;
    auto session = plugin->open(url_, options);
    if (!session) die(session.error().message);
    // As servers have it, and as most have it who write from several processes.
    if (dialect_ == "sqlite")
      for (const char* sql : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"})
        if (auto done = (*session)->execute(sql); !done) die(done.error().message);
    return std::move(*session);
  }
  const std::string& dialect() const { return dialect_; }

private:
  std::string dialect_, url_, folder_;
  std::optional<testing::TestServer> server_;
  std::optional<testing::TestDatabase> database_;
};

// ---------------------------------------------------------------- the two versions

MemoryFileSystem package(const LoadKind& kind, bool second, const ir::Model* first) {
  const std::string& members = second ? kind.after : kind.before;
  const bool hasKey = members.find("key ") != std::string::npos;
  MemoryFileSystem fs;
  fs.files["package.cam"] =
      fmt::format("package load version \"1.{}.0\"\n{}\nentity {} {{ {}name: string(40)  {} }}\n",
                  second ? 1 : 0, second ? kind.besideAfter : kind.besideBefore,
                  second && !kind.renamed.empty() ? kind.renamed : "Item",
                  hasKey ? "" : "key id: int64  ", members);
  if (!second) return fs;
  if (!kind.migration.empty())
    fs.files["migrations/1.1.0.cam"] =
        "migration from \"1.0.0\" to \"1.1.0\" { " + kind.migration + " }\n";
  fs.files["versions/1.0.0.json"] = artifact::seal(*first);
  return fs;
}

emit::Script planOrDie(driver::Compilation& c, std::shared_ptr<const ir::Model> from,
                       const dialect::Dialect& dialect) {
  auto planned = driver::planBetween(c, std::move(from), c.model, dialect, {});
  if (!planned) die("no plan");
  return std::move(planned->script);
}

void fill(Session& session, const LoadKind& kind, unsigned rows) {
  const std::string& on = session.server().dialect;
  const auto must = [&](const std::string& sql) {
    if (auto done = session.execute(sql); !done) die(done.error().message + "\n" + sql);
  };
  const std::string text = on == "mariadb" ? "concat('t', n)" : "'t' || n";
  std::string columns = "id, name", values = "n, " + text;
  for (const auto& [column, value] : kind.columns) {
    columns += ", " + column;
    values += ", " + (value == "T" ? text : value);
  }
  for (const auto& sql : kind.first) must(sql);
  const std::string source =
      on == "postgres" ? fmt::format("generate_series(1, {}) AS s (n)", rows)
      : on == "mariadb"
          ? fmt::format("(SELECT seq AS n FROM seq_1_to_{}) AS s", rows)
          : fmt::format(
                "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n "
                "< {}) SELECT n FROM s)",
                rows);
  must(fmt::format("INSERT INTO item ({}) SELECT {} FROM {}", columns, values, source));
  for (const auto& sql : kind.then) must(sql);
  if (on == "postgres") must("VACUUM ANALYZE");
}

// ---------------------------------------------------------------- what happened when

struct Span {
  Clock::time_point begin, end;
  std::string phase, step, codes;
  int64_t rows = 0;
  bool batch = false;
};

class Timeline {
public:
  Timeline(const emit::Script& script) : script_(script) {}
  void tell(const runner::RunEvent& event) {
    if (const auto* start = std::get_if<runner::StepStart>(&event)) {
      const auto& step = script_.steps.at(start->number - 1);
      std::vector<std::string> codes;
      for (const auto& hazard : step.hazards) codes.push_back(hazard.code);
      spans_.push_back({Clock::now(),
                        {},
                        std::string(plan::toString(step.phase)),
                        step.title,
                        fmt::format("{}", fmt::join(codes, " ")),
                        0,
                        step.action.sql.stepClass == dialect::StepClass::batch});
    } else if (const auto* end = std::get_if<runner::StepEnd>(&event)) {
      spans_.back().end = Clock::now();
      spans_.back().rows = end->rows;
    }
  }
  // The step under which a statement that was due then waited most.
  const Span* at(const Sample& sample) const {
    const auto done =
        sample.due + std::chrono::duration_cast<Clock::duration>(
                         std::chrono::duration<double, std::milli>(sample.milliseconds));
    const Span* best = nullptr;
    Clock::duration longest{0};
    for (const auto& span : spans_) {
      const auto both = std::min(done, span.end) - std::max(sample.due, span.begin);
      if (both > longest) {
        longest = both;
        best = &span;
      }
    }
    return best;
  }
  // From the first word of a run to its last; the two runs of a plan are one.
  void begin() {
    if (begin_ == Clock::time_point()) begin_ = Clock::now();
  }
  void end() { end_ = Clock::now(); }
  bool during(const Sample& sample) const { return sample.due >= begin_ && sample.due < end_; }
  double seconds() const { return std::chrono::duration<double>(end_ - begin_).count(); }
  // Rows a second of its batches; 0 = it has none.
  double throughput() const {
    double rows = 0, seconds = 0;
    for (const auto& span : spans_)
      if (span.batch && span.rows > 0) {
        rows += double(span.rows);
        seconds += std::chrono::duration<double>(span.end - span.begin).count();
      }
    return seconds > 0 ? rows / seconds : 0;
  }

private:
  const emit::Script& script_;
  Clock::time_point begin_{}, end_{};
  std::vector<Span> spans_;
};

struct Figures {
  size_t count = 0;
  double median = 0, p99 = 0, longest = 0;
  Sample worst;
};

Figures figuresOf(std::vector<Sample> samples) {
  Figures out;
  out.count = samples.size();
  if (samples.empty()) return out;
  std::ranges::sort(samples, {}, &Sample::milliseconds);
  out.median = samples[samples.size() / 2].milliseconds;
  out.p99 = samples[samples.size() * 99 / 100].milliseconds;
  out.longest = samples.back().milliseconds;
  out.worst = samples.back();
  return out;
}

template <class Which>
std::vector<Sample> those(const std::vector<Sample>& all, Which which) {
  std::vector<Sample> out;
  std::ranges::copy_if(all, std::back_inserter(out), which);
  return out;
}

std::string times(double value, double idle) {
  const double ratio = idle > 0 ? value / idle : 0;
  return ratio < 9.95 ? fmt::format("{:.1f}", ratio) : fmt::format("{:.0f}", ratio);
}

std::string capitals(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return char(std::toupper(c)); });
  return text;
}

// "13,171 rows/s"
std::string perSecond(double rows) {
  std::string digits = fmt::format("{:.0f}", rows);
  for (size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits + " rows/s";
}

// ---------------------------------------------------------------- one change

void explain(const char* what, const std::string& why) {
  fmt::print(stderr, "{}: {}\n", what, why);
}

// How many statements of the load failed.
uint64_t measure(const LoadKind& kind, const std::string& on, bool longReader,
                 const Wanted& wanted) {
  const auto& dialect = dialectOf(on);
  const Place place(on);
  const auto first = compileOrDie(package(kind, false, nullptr));
  const auto second = compileOrDie(package(kind, true, first->model.get()));
  const auto base = planOrDie(*first, diff::emptyModel(*first->model), dialect);
  const auto script = planOrDie(*second, first->model, dialect);
  const auto session = place.open(kRunLockMs);
  runner::RunOptions options;
  options.actor = options.environment = "load";
  options.lockRetries = 20;
  const auto run = [&](const emit::Script& what, Phase through, const runner::EventSink& sink) {
    options.through = through;
    const auto report = runner::run(what, *session, options, sink);
    if (report.outcome != runner::Outcome::ok)
      die(fmt::format("{} on {}: {} {}", kind.name, on, report.message,
                      report.error ? report.error->message : ""));
  };
  run(base, Phase::contract, {});
  fill(*session, kind, wanted.rows);

  const auto open = [&] { return place.open(kTheirLockMs); };
  Traffic old(open, wanted.rows, kReaders, kWriters, wanted.rate, kind.old);
  Traffic fresh(open, wanted.rows, kReaders, kWriters, wanted.rate, kind.fresh);
  Timeline timeline(script);
  const auto sink = [&](const runner::RunEvent& event) { timeline.tell(event); };
  const auto pause = std::chrono::seconds(wanted.idleSeconds);
  old.start();
  std::this_thread::sleep_for(pause);  // nobody else
  std::optional<LongReader> reader;
  if (longReader)
    reader.emplace(open, kind.old.table, std::chrono::milliseconds(1500),
                   std::chrono::milliseconds(500));
  timeline.begin();
  run(script, Phase::switch_, sink);
  old.stop();
  fresh.start();
  run(script, Phase::contract, sink);
  timeline.end();
  reader.reset();
  std::this_thread::sleep_for(pause);
  fresh.stop();

  auto samples = old.samples();
  const auto more = fresh.samples();
  samples.insert(samples.end(), more.begin(), more.end());
  std::string line = fmt::format("| {}{} | {:.1f} s", kind.name, longReader ? ", long reader" : "",
                                 timeline.seconds());
  std::string worst;
  double longest = 0;
  for (const bool write : {false, true}) {
    const auto own = those(samples, [&](const Sample& s) { return s.write == write; });
    const auto idle = figuresOf(those(own, [&](const Sample& s) { return !timeline.during(s); }));
    const auto busy = figuresOf(those(own, [&](const Sample& s) { return timeline.during(s); }));
    line += fmt::format(" | {:.2f} / {:.1f} / {:.0f} ms | {} / {} | {:.0f} ms", idle.median,
                        idle.p99, idle.longest, times(busy.median, idle.median),
                        times(busy.p99, idle.p99), busy.longest);
    if (busy.count && busy.longest > longest) {
      longest = busy.longest;
      const Span* span = timeline.at(busy.worst);
      worst = !span ? "between two steps"
                    : fmt::format("{}: {}{}", capitals(span->phase), span->step,
                                  span->codes.empty() ? "" : " (" + span->codes + ")");
    }
  }
  const double rows = timeline.throughput();
  line += fmt::format(" | {} | {} |", worst, rows > 0 ? perSecond(rows) : "–");
  fmt::print("{}\n", line);
  if (wanted.phases)
    for (const Phase phase :
         {Phase::expand, Phase::backfill, Phase::validate, Phase::switch_, Phase::contract}) {
      const auto name = plan::toString(phase);
      const auto in = [&](const Sample& s) {
        const Span* span = timeline.at(s);
        return span && span->phase == name;
      };
      const auto reads =
          figuresOf(those(samples, [&](const Sample& s) { return !s.write && in(s); }));
      const auto wrote =
          figuresOf(those(samples, [&](const Sample& s) { return s.write && in(s); }));
      if (reads.count + wrote.count == 0) continue;
      fmt::print(
          "| {} | {} statements | | {:.2f} / {:.1f} ms | {:.0f} ms | | {:.2f} / {:.1f} ms | "
          "{:.0f} ms | | |\n",
          capitals(std::string(name)), reads.count + wrote.count, reads.median, reads.p99,
          reads.longest, wrote.median, wrote.p99, wrote.longest);
    }
  std::fflush(stdout);
  if (const auto again = old.again() + fresh.again(); again > 0)
    explain("sent again, as the database asked for", std::to_string(again));
  for (const auto* traffic : {&old, &fresh})
    if (traffic->failed() > 0) explain("a statement of the load failed", traffic->why());
  return old.failed() + fresh.failed();
}

// "all", or the names of kinds, with commas.
std::vector<std::string> namesIn(const std::string& text) {
  std::vector<std::string> out;
  if (text == "all") return out;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(',', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
    if (std::ranges::find(loadKinds(), out.back(), &LoadKind::name) == loadKinds().end())
      die(fmt::format("no change is called `{}`: see --list", out.back()));
  }
  return out;
}

void readersOf(const std::string& text, Wanted& out) {
  if (text != "with" && text != "without" && text != "both") die("--reader: with, without or both");
  out.withReader = text != "without";
  out.withoutReader = text != "with";
}

[[noreturn]] void listKinds() {
  for (const auto& kind : loadKinds()) fmt::print("{}\n", kind.name);
  std::exit(0);
}

Wanted read(int argc, char** argv) {
  Wanted out;
  const auto number = [&](int& i) {
    if (i + 1 >= argc || std::atoi(argv[i + 1]) <= 0) die(fmt::format("{}: a number", argv[i]));
    return unsigned(std::atoi(argv[++i]));
  };
  const auto word = [&](int& i) -> std::string {
    if (i + 1 >= argc) die(fmt::format("{}: a name", argv[i]));
    return argv[++i];
  };
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = argv[i];
    if (flag == "--rows")
      out.rows = number(i);
    else if (flag == "--rate")
      out.rate = number(i);
    else if (flag == "--idle")
      out.idleSeconds = number(i);
    else if (flag == "--on")
      out.on = word(i);
    else if (flag == "--change")
      out.changes = namesIn(word(i));
    else if (flag == "--reader")
      readersOf(word(i), out);
    else if (flag == "--list")
      listKinds();
    else if (flag == "--phases")
      out.phases = true;
    else
      die(fmt::format("unknown: {}", flag));
  }
  return out;
}

constexpr std::string_view kDatabases[] = {"postgres", "mariadb", "sqlite"};

// The tables of bench/README.md, one for each database.
int load(const Wanted& wanted) {
  if (!wanted.on.empty() && std::ranges::find(kDatabases, wanted.on) == std::end(kDatabases))
    die(fmt::format("--on: {}", fmt::join(kDatabases, ", ")));
  fmt::print("{} readers and {} writers, {} statements a second each\n", kReaders, kWriters,
             wanted.rate);
  uint64_t failed = 0;
  for (const auto on : kDatabases) {
    if (!wanted.on.empty() && wanted.on != on) continue;
    fmt::print(
        "\n{} rows, {}:\n\n"
        "| | plan | readers idle | × | longest | writers idle | × | longest | the longest was in | "
        "batches |\n|---|---|---|---|---|---|---|---|---|---|\n",
        wanted.rows, dialectOf(std::string(on)).traits().displayName);
    for (const auto& kind : loadKinds()) {
      if (!wanted.changes.empty() &&
          std::ranges::find(wanted.changes, kind.name) == wanted.changes.end())
        continue;
      for (const bool longReader : {false, true})
        if (longReader ? wanted.withReader : wanted.withoutReader)
          failed += measure(kind, std::string(on), longReader, wanted);
    }
  }
  if (failed > 0) die(fmt::format("{} statements of the load failed", failed));
  return 0;
}

}  // namespace
}  // namespace cambium::bench

int main(int argc, char** argv) {
  return cambium::bench::load(cambium::bench::read(argc, argv));
}
