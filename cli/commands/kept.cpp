// kept and purge: what plans took away and the database keeps for a time.
#include "cli/kept.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/execution.h"
#include "cli/planning.h"
#include "compiler/catalog/kept.h"
#include "compiler/catalog/lower.h"
#include "compiler/diagnostics/display_line.h"

namespace cambium::cli {

namespace {

struct Stock {
  Database database;
  const ir::Model& model;  // of the package; may have errors
  std::vector<runner::KeptThing> things;
};

Or<Stock> stockOf(Context& context, Access access) {
  const auto place = recordedPlace(context);
  if (!place) return Failure{place.error()};
  const auto target = targetOf(context, *place->package, *place->environment);
  if (!target) return Failure{target.error()};
  auto database = openDatabase(context, *target, access);
  if (!database) return Failure{database.error()};
  Stock stock{std::move(*database), *place->package->model, {}};
  context.out.textField("environment", place->environment->name);
  if (!stock.database.session) return stock;
  auto things = runner::keptThings(*stock.database.session, stock.model.package);
  if (!things) return Failure{context.fail(describe(things.error(), stock.database.target))};
  stock.things = std::move(*things);
  return stock;
}

// Rows of a table; of a column, the values that are there.
std::optional<int64_t> amountOf(const Stock& stock, const runner::KeptThing& thing) {
  const auto& traits = stock.database.target.dialect->traits();
  std::string sql = "SELECT COUNT(*) FROM " + traits.quote(thing.table());
  if (!thing.column().empty()) sql += " WHERE " + traits.quote(thing.column()) + " IS NOT NULL";
  return countOf(*stock.database.session, sql);
}

std::string json(const Stock& stock, const runner::KeptThing& thing) {
  const auto orNull = [](const std::string& text) {
    return text.empty() ? std::string("null") : jsonText(text);
  };
  const auto amount = amountOf(stock, thing);
  return fmt::format(
      "{{\"name\":{},\"entity\":{},\"property\":{},\"from\":{},\"to\":{},\"table\":{},"
      "\"column\":{},\"key\":{},\"rows\":{},\"since\":{},\"until\":{},\"overdue\":{}}}",
      jsonText(thing.what.name), orNull(thing.what.entity), orNull(thing.what.property),
      orNull(thing.fromVersion), orNull(thing.toVersion), jsonText(thing.table()),
      orNull(thing.column()), jsonTexts(thing.what.key), amount ? std::to_string(*amount) : "null",
      orNull(thing.since), orNull(thing.until), thing.overdue);
}

std::vector<std::string> cells(const Stock& stock, const runner::KeptThing& thing,
                               std::string_view arrow) {
  const auto amount = amountOf(stock, thing);
  std::string until = thing.until.substr(0, 16);
  if (thing.overdue) until += " (overdue)";
  if (until.empty()) until = thing.run == 0 ? "-" : "the plan is under way";
  return {whatWas(thing),
          thing.run == 0 ? "-" : fmt::format("{} {} {}", thing.fromVersion, arrow, thing.toVersion),
          amount ? std::to_string(*amount) : "?", until,
          thing.column().empty() ? thing.table() : thing.table() + "." + thing.column()};
}

void show(Context& context, const Stock& stock) {
  const Look& look = context.out.out();
  std::vector<std::vector<std::string>> table{{"WHAT", "WENT WITH", "ROWS", "UNTIL", "KEPT AS"}};
  for (const auto& thing : stock.things) table.push_back(cells(stock, thing, arrow(look)));
  std::vector<unsigned> widths(table.front().size());
  for (const auto& row : table)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], displayWidth(row[i]));
  for (size_t r = 0; r < table.size(); ++r) {
    std::string line;
    for (size_t i = 0; i < table[r].size(); ++i) {
      line += r == 0 ? dim(look, table[r][i]) : table[r][i];
      if (i + 1 < table[r].size())
        line += std::string(widths[i] - displayWidth(table[r][i]) + 2, ' ');
    }
    context.out.print(line + "\n");
  }
}

// A person agrees, by flag or at the terminal; otherwise how the command ends.
Outcome agreeToPurge(Context& context, const Stock& stock,
                     const std::vector<runner::KeptThing>& things) {
  if (context.invocation.has("yes")) return Outcome::ok;
  const std::string& environment = stock.database.target.environment->name;
  auto d = report<Code::RUN090>({});
  std::string question = fmt::format("In environment `{}` this removes for good:\n", environment);
  for (const auto& thing : things) {
    const auto amount = amountOf(stock, thing);
    const std::string text = amount ? fmt::format("{} ({})", whatWas(thing),
                                                  counted(static_cast<size_t>(*amount),
                                                          thing.column().empty() ? "row" : "value"))
                                    : whatWas(thing);
    d.note(text);
    question += fmt::format("  - {}\n", text);
  }
  if (!context.canAsk()) return context.fail(std::move(d).help("add `--yes` to agree"));
  question += fmt::format("Type `{}` to go on: ", environment);
  if (context.ask(question, environment)) return Outcome::ok;
  return context.fail(std::move(d).help("nothing was done"));
}

// Where the property of a kept column is by now; else why nobody can tell.
Result<runner::Place, std::string> placeOf(const Stock& stock, const runner::KeptThing& thing,
                                           const ir::Model& model) {
  if (thing.what.column.empty()) return Failure{std::string("it is a whole table")};
  const auto entity = model.findEntity(thing.what.entity);
  const auto property =
      entity ? model.findProperty(*entity, thing.what.property) : std::optional<ir::PropertyId>();
  if (!property)
    return Failure{fmt::format("{} {} has no {}", model.package, model.version, whatWas(thing))};
  DiagnosticSink told;  // when the version was new
  const auto lowered = catalog::lower(model, stock.database.target.dialect->traits(), told);
  const auto& columns = lowered.columnsOf(*property);
  const auto* table = lowered.catalog.findTable(lowered.table(*entity));
  if (!table || columns.size() != 1)
    return Failure{fmt::format("{} is not one column", whatWas(thing))};
  if (!thing.in.empty() && thing.in != table->name)
    return Failure{fmt::format("it is in `{}` by now, which went, too", thing.in)};
  if (thing.in.empty() && table->primaryKey.size() != thing.what.key.size())
    return Failure{fmt::format("the key of {} is another by now", thing.what.entity)};
  return runner::Place{table->name, columns.front(), table->primaryKey};
}

Outcome restore(Context& context, Stock& stock, const std::string& name) {
  const auto refuse = [&](const std::string& why) {
    return context.fail(report<Code::RUN091>({}, name, why).note("nothing was done"));
  };
  const std::string& environment = stock.database.target.environment->name;
  const auto thing = std::ranges::find_if(
      stock.things, [&](const runner::KeptThing& one) { return one.what.name == name; });
  if (thing == stock.things.end())
    return refuse(fmt::format("nothing is kept under that name in {}", environment));
  const auto active = activeVersion(context, stock.database, stock.model);
  if (!active) return active.error();
  if (active->open) return refuse("a plan is under way");
  const auto place = placeOf(stock, *thing, *active->model);
  if (!place) return refuse(place.error());
  const auto done = runner::restore(*stock.database.session, *stock.database.target.dialect, *thing,
                                    *place, actor());
  if (!done) return context.fail(describe(done.error(), stock.database.target));
  if (done->holder)
    return context.fail(report<Code::RUN072>(
        {}, fmt::format("{} is at work in it since {}", done->holder->owner, done->holder->since)));
  context.out.field("rows", std::to_string(done->rows));
  context.out.print(fmt::format("{}: {} of {} came back\n", environment,
                                counted(static_cast<size_t>(done->rows), "value"),
                                whatWas(*thing)));
  if (done->rows == 0) context.out.say("it is empty nowhere: nothing was written over");
  return Outcome::ok;
}

}  // namespace

Outcome runKept(Context& context) {
  if (std::string name = context.invocation.value("restore"); !name.empty()) {
    // As the list shows it, table and column: one of the two is the name.
    if (const size_t dot = name.find('.'); dot != std::string::npos)
      name = name.starts_with(catalog::kKeptPrefix) ? name.substr(0, dot) : name.substr(dot + 1);
    auto stock = stockOf(context, Access::write);
    if (!stock) return stock.error();
    return restore(context, *stock, name);
  }
  const auto stock = stockOf(context, Access::read);
  if (!stock) return stock.error();
  std::vector<std::string> objects;
  for (const auto& thing : stock->things) objects.push_back(json(*stock, thing));
  context.out.field("kept", jsonArray(objects));
  const std::string& environment = stock->database.target.environment->name;
  if (stock->things.empty()) {
    context.out.print(fmt::format("nothing is kept in {}\n", environment));
    return Outcome::ok;
  }
  show(context, *stock);
  sayOverdue(context, stock->database, stock->model.package);
  return Outcome::ok;
}

Outcome runPurge(Context& context) {
  const auto stock = stockOf(context, Access::write);
  if (!stock) return stock.error();
  const std::string& environment = stock->database.target.environment->name;
  std::vector<runner::KeptThing> things = stock->things;
  // What a plan that has not ended keeps, that plan may want back.
  std::erase_if(things, [&](const auto& thing) {
    const bool underWay = thing.run != 0 && thing.until.empty();
    return underWay || (!thing.overdue && !context.invocation.has("now"));
  });
  if (things.empty()) {
    context.out.field("purged", "[]");
    context.out.print(fmt::format("nothing is {} in {}\n",
                                  stock->things.empty() ? "kept" : "overdue", environment));
    if (!stock->things.empty())
      context.out.say(fmt::format("{} kept: cambium kept -e {}",
                                  counted(stock->things.size(), "thing"), environment));
    return Outcome::ok;
  }
  if (const Outcome agreed = agreeToPurge(context, *stock, things); agreed != Outcome::ok)
    return agreed;
  const auto done =
      runner::purge(*stock->database.session, *stock->database.target.dialect, things, actor());
  if (!done) return context.fail(describe(done.error(), stock->database.target));
  if (done->holder)
    return context.fail(report<Code::RUN072>(
        {}, fmt::format("{} is at work in it since {}", done->holder->owner, done->holder->since)));
  context.out.field("purged", jsonTexts(done->purged));
  context.out.print(
      fmt::format("{}: {} removed\n", environment, counted(done->purged.size(), "thing")));
  return Outcome::ok;
}

}  // namespace cambium::cli
