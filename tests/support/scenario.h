// support/scenario.h: a real database and a plan over it, made by hand from operations (no model,
// no planner), for the tests of the emitter, the ledger and the runner.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/dialect/session.h"
#include "compiler/emit/script.h"
#include "runtime/runner/run.h"

namespace cambium::test {

const dialect::Dialect& sqlite();

// A folder that is removed with everything in it at the end.
class Folder {
public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

// Opens a database file through the plugin; fails the test and returns null if it cannot.
std::unique_ptr<dialect::Session> open(const std::string& file, unsigned lockTimeoutMs = 50);

// Version 1 has `client` (id, name, city) with an index. Version 2 has `client.full_name`, unique
// and required, in place of `name`, and a new table `visit` that refers to it. The plan goes
// through all five phases.
plan::Plan planOfClients();
emit::Script scriptOf(const plan::Plan&);
emit::Script scriptOfClients();

// Makes the tables of `plan.before`, fills `client` with so many rows and records version 1.
void install(dialect::Session&, const plan::Plan&, int rows);

// Schema and rows of everything but the ledger: equal text = equal database.
std::string dump(dialect::Session&);

runner::RunOptions options(std::string owner = "test@elsewhere pid 1");
// All events as JSON lines.
runner::EventSink into(std::vector<std::string>& lines);
runner::EventSink nowhere();

// One value of a query, "" if there is none.
std::string ask(dialect::Session&, const std::string& sql);
void must(dialect::Session&, const std::string& sql);

}  // namespace cambium::test
