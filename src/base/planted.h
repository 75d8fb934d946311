#pragma once

/// Known bugs, to prove that the tests find such ones. `if (ORGO_PLANT(ack_before_commit))` is `if (false)` in every
/// build but one: `./test --planted` builds with ORGO_PLANTED, and runs each test with the bug that PLANTED names in
/// its environment. So one build holds all of them, each where it would be made, and none of it is in what people run.
#ifdef ORGO_PLANTED
namespace orgo {
/// Is this the bug that PLANTED names? Any thread.
bool is_planted(const char* name);
}  // namespace orgo
#define ORGO_PLANT(name) (::orgo::is_planted(#name))
#else
#define ORGO_PLANT(name) false
#endif
