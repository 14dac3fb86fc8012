/** Notices changed billing addresses. */
trigger PaysideAccount on Account(after update) {
    PaysideChanges.ofAccounts(Trigger.new, Trigger.oldMap);
}
