// As pch.h, for tests.
#include "pch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
