// What `plan` and `apply` say of a plan besides its steps.
#include "tests/cli/order_package.h"

namespace cambium::testing {
namespace {

class PlanWords : public OrderPackage {};

// ---------------------------------------------------------------- versions that go down
TEST_F(PlanWords, aLowerVersionIsSaidToBeOne) {
  putFirst();
  putOrder("  note: text?\n");
  ASSERT_EQ(cambium("apply -q").exit, 0);
  ASSERT_EQ(cambium("seal -q").exit, 0);
  putPackage("1.0.0");
  putOrder("");
  Ended run = cambium("plan");
  EXPECT_EQ(run.err.find("warning: dev is at shop 1.1.0: this goes back to 1.0.0\n"), 0u)
      << run.err;
  run = cambium("apply");
  EXPECT_EQ(run.err.find("warning: dev is at shop 1.1.0: this goes back to 1.0.0\n"), 0u)
      << run.err;
}

// ---------------------------------------------------------------- what is not for a terminal
TEST_F(PlanWords, aPlanInAFileIsNotCut) {
  putFirst();
  putOrder(
      "  check it_is_not_too_long_for_the_labels_of_the_printer_in_the_hall: length(title) <= "
      "20\n");
  const Ended wide = cambium("plan");
  EXPECT_EQ(wide.exit, 0) << wide.err;
  EXPECT_EQ(wide.out.find("…"), std::string::npos) << wide.out;
  EXPECT_NE(wide.out.find("order.cam:"), std::string::npos) << wide.out;
  const Ended narrow = cambium("plan", "", "COLUMNS=60");
  EXPECT_NE(narrow.out.find("…"), std::string::npos) << narrow.out;
}

// ---------------------------------------------------------------- what asks for a step
TEST_F(PlanWords, aStepIsAskedForByWhatItChecks) {
  putPackage("1.0.0");
  const std::string entity = "entity Ticket {\n  key id: int64\n  state: State";
  put("order.cam", "enum State { open, closed, lost }\n" + entity + " = lost\n}\n");
  ASSERT_EQ(cambium("seal -q").exit, 0);
  ASSERT_EQ(cambium("apply -q").exit, 0);
  sql("insert into ticket values (1, 'lost')");
  putPackage("1.1.0");
  put("order.cam", "enum State { open, closed }\n" + entity +
                       "\n}\nmigration from \"1.0.0\" to \"1.1.0\" { approve drop State.lost "
                       "\"never used\" }\n");
  const Ended run = cambium("apply --yes");
  EXPECT_EQ(run.exit, 1) << run.err;
  EXPECT_NE(run.err.find("asked for by order.cam:4: - State.lost\n"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace cambium::testing
