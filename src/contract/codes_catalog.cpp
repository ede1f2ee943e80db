// Codes of comparing runs and of looking for the difference that breaks one.
#include "src/contract/codes.h"

namespace nam56r::contract::internal {
namespace {

constexpr Code kCodes[] = {
    {"BISECT0001", "policy", "bisect", "The two contracts take the same decisions.",
     "Without a difference there is nothing to look for.", "nam56r bisect run.json run.json ...",
     "nam56r runs diff A B, which compares their hosts too"},
    {"BISECT0002", "policy", "bisect", "Both contracts work.",
     "The difference that breaks a run is found among runs that break.",
     "--steps 2 for a run that breaks in step 5", "--steps 6"},
    {"BISECT0003", "policy", "bisect", "Both contracts fail.",
     "What both have in common breaks them, and no difference can be blamed.",
     "a GOOD that worked on another host", "a GOOD that works here"},
    {"BISECT0004", "policy", "bisect", "GOOD fails and BAD works.",
     "The differences would be named the wrong way round.", "nam56r bisect BROKEN WORKING ...",
     "nam56r bisect WORKING BROKEN ..."},
    {"BISECT0005", "host", "bisect", "The command that judges cannot be started.",
     "Every trial would be taken for a failure.",
     "--oracle ./judge without the right to execute it", "--oracle sh ./judge"},
    {"BISECT0006", "policy", "bisect", "GOOD or BAD cannot be tried itself.",
     "No trial in between would say more.", "a GOOD of more ranks than the machine can run",
     "a GOOD that this host can start"},
    {"BISECT0100", "host", "bisect", "What judges a contract was not said in one way.",
     "A launch and a command may judge differently.", "--engine local --oracle ./judge",
     "--engine local"},
    {"RUNS0001", "host", "runs", "There is no run of that name.",
     "Another run would be shown in its place.", "nam56r runs show 2027",
     "nam56r runs show 20260801T1200"},
    {"RUNS0002", "host", "runs", "Several runs have names that begin like that.",
     "Which of them is meant cannot be told.", "nam56r runs show 2026",
     "nam56r runs show 20260801T120000Z"},
    {"RUNS0003", "host", "runs list", "A filter or an order names what there is not.",
     "An empty list would look as if there were no such runs.", "--state sucess",
     "--state succeeded"},
    {"RUNS0004", "host", "runs list", "A time is none.",
     "Runs would be left out, or shown, that were not meant.", "--since yesterday", "--since 1d"},
    {"RUNS0005", "host", "runs", "The catalog was made anew, or could not be kept.",
     "The list is right, and slower.", "a catalog.sqlite that another program wrote over",
     "the file deleted: it is made again from the receipts"},
    {"RUNS0006", "host", "runs, launch", "The catalog cannot be used.", "The list would be wrong.",
     "a lock on catalog.sqlite that nobody gives back",
     "the file deleted: it is made again from the receipts"},
};

}  // namespace

std::span<const Code> CatalogCodes() { return kCodes; }

}  // namespace nam56r::contract::internal
