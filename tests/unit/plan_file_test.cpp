// The plan file: exact both ways; whatever was changed in it is found; no input breaks the reader.
#include <gtest/gtest.h>

#include <random>

#include "tests/support/scenario.h"

namespace cambium::test {
namespace {

TEST(PlanFile, roundTripIsExact) {
  auto script = scriptOfClients();
  script.environment = "dev";
  script.probes.push_back({"rows with \"quotes\" and ü", "SELECT 1", "breaking", "a.cam:1"});
  script.steps[0].hazards.push_back({"LCK001", "blocks writers"});
  script.steps[1].follows.push_back({1, "R10"});
  const std::string file = emit::toPlanFile(script);
  const auto read = emit::readPlanFile(file);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(emit::toPlanFile(*read), file);
  EXPECT_EQ(emit::planDigest(*read), emit::planDigest(script));
  EXPECT_EQ(file.back(), '\n');
  EXPECT_NE(file.find(emit::planDigest(script)), std::string::npos);
  ASSERT_EQ(read->steps.size(), script.steps.size());
  EXPECT_EQ(read->steps[3].action.sql.batch->nextUpdate,
            script.steps[3].action.sql.batch->nextUpdate);
  EXPECT_EQ(read->steps[0].action.before, script.steps[0].action.before);
}

TEST(PlanFile, everyChangedByteIsFound) {
  const std::string file = emit::toPlanFile(scriptOfClients());
  std::minstd_rand random(7);
  for (int i = 0; i < 400; ++i) {
    std::string changed = file;
    const size_t at = random() % changed.size();
    changed[at] = static_cast<char>(changed[at] ^ (1 << (random() % 7)));
    EXPECT_FALSE(emit::readPlanFile(changed)) << "at " << at;
  }
}

TEST(PlanFile, tamperedIsToldFromBroken) {
  std::string file = emit::toPlanFile(scriptOfClients());
  const size_t at = file.find("client.full_name text null");
  ASSERT_NE(at, std::string::npos);
  file[at] = 'C';
  auto read = emit::readPlanFile(file);
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().tampered);
  // Another form of the same values, and a second key of one name, were not written by us either.
  const std::string good = emit::toPlanFile(scriptOfClients());
  read = emit::readPlanFile(good + " ");
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().tampered);
  std::string twice = good;
  twice.insert(twice.find("\"plan\""), "\"plan\": {}, ");
  EXPECT_FALSE(emit::readPlanFile(twice));
}

TEST(PlanFile, hostileInputIsRefusedWithAReason) {
  const std::string good = emit::toPlanFile(scriptOfClients());
  std::vector<std::string> inputs = {"",
                                     "{}",
                                     "[]",
                                     "null",
                                     "\"x\"",
                                     "{\"cambium\":\"plan/1\"}",
                                     "{\"cambium\":\"plan/2\",\"digest\":\"\",\"plan\":{}}",
                                     "{\"cambium\":\"plan/1\",\"digest\":\"\",\"plan\":{}}",
                                     "{\"cambium\":3}",
                                     std::string(100'000, '['),
                                     std::string("\0\0\0", 3),
                                     "\xff\xfe"};
  for (size_t cut = 1; cut < good.size(); cut += 97) inputs.push_back(good.substr(0, cut));
  for (const auto& input : inputs) {
    const auto read = emit::readPlanFile(input);
    ASSERT_FALSE(read) << input.substr(0, 60);
    EXPECT_FALSE(read.error().detail.empty());
  }
}

TEST(PlanFile, theDigestDependsOnEveryPart) {
  const auto script = scriptOfClients();
  const std::string digest = emit::planDigest(script);
  auto other = script;
  other.steps[1].undo.sql.after.push_back("x");
  EXPECT_NE(emit::planDigest(other), digest);
  other = script;
  other.toModel += " ";
  EXPECT_NE(emit::planDigest(other), digest);
  other = script;
  other.steps[6].switches = false;
  EXPECT_NE(emit::planDigest(other), digest);
}

}  // namespace
}  // namespace cambium::test
