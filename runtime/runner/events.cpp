#include <llvm/Support/FormatVariadic.h>
#include <llvm/Support/JSON.h>

#include <cmath>

#include "runtime/runner/run.h"

namespace cambium::runner {
namespace {

namespace json = llvm::json;

json::Value text(const std::string& s) {
  return json::isUTF8(s) ? json::Value(s) : json::Value(json::fixUTF8(s));
}

json::Object event(const char* type) {
  return json::Object{{"type", type}};
}

json::Object numbered(const char* type, unsigned number) {
  auto o = event(type);
  o["step"] = int64_t{number};
  return o;
}

// A whole number: nobody needs the seventeen digits of a measured double.
int64_t rounded(double value) {
  return std::llround(value);
}

}  // namespace

std::string toJsonLine(const RunEvent& any) {
  json::Object o = std::visit(Overloaded{
                                  [](const PlanStart& e) {
                                    auto o = event("plan_start");
                                    o["plan"] = text(e.digest);
                                    o["from"] = text(e.fromVersion);
                                    o["to"] = text(e.toVersion);
                                    o["steps"] = int64_t{e.steps};
                                    o["done"] = int64_t{e.done};
                                    return o;
                                  },
                                  [](const StepStart& e) {
                                    auto o = numbered("step_start", e.number);
                                    o["title"] = text(e.title);
                                    return o;
                                  },
                                  [](const StepSkipped& e) {
                                    auto o = numbered("step_skipped", e.number);
                                    o["title"] = text(e.title);
                                    return o;
                                  },
                                  [](const Progress& e) {
                                    auto o = numbered("progress", e.number);
                                    o["rows"] = e.rows;
                                    o["total_rows"] = e.totalRows;
                                    o["rows_per_second"] = rounded(e.rowsPerSecond);
                                    return o;
                                  },
                                  [](const WaitingForLock& e) {
                                    auto o = numbered("waiting_for_lock", e.number);
                                    o["attempt"] = int64_t{e.attempt};
                                    o["holder"] = text(e.holder);
                                    return o;
                                  },
                                  [](const WaitingForOthers& e) {
                                    auto o = numbered("waiting_for_others", e.number);
                                    json::Array who;
                                    for (const auto& one : e.who) who.push_back(text(one));
                                    o["who"] = std::move(who);
                                    return o;
                                  },
                                  [](const WaitingForLoad& e) {
                                    auto o = numbered("waiting_for_load", e.number);
                                    o["why"] = text(e.why);
                                    return o;
                                  },
                                  [](const StepEnd& e) {
                                    auto o = numbered("step_end", e.number);
                                    o["title"] = text(e.title);
                                    o["milliseconds"] = rounded(e.milliseconds);
                                    o["rows"] = e.rows;
                                    return o;
                                  },
                                  [](const Paused& e) {
                                    auto o = numbered("paused", e.number);
                                    o["reason"] = text(e.reason);
                                    return o;
                                  },
                                  [](const Done& e) {
                                    auto o = event("done");
                                    o["through"] = std::string(plan::toString(e.through));
                                    return o;
                                  },
                              },
                              any);
  return llvm::formatv("{0}", json::Value(std::move(o))).str();
}

}  // namespace cambium::runner
