/** Notices won Opportunities. */
trigger PaysideOpportunity on Opportunity(after insert, after update) {
    PaysideChanges.ofOpportunities(Trigger.new, Trigger.oldMap);
}
