namespace MailProxy.Proxy.Submission;

/// <summary>What submitters sent by all nodes, wherever it is counted. It never throws for what is wrong there, and never waits long.</summary>
public interface ISharedRates
{
    /// <summary>Counts one more. False: the limit within an hour is reached, and it is not counted. Null: it cannot say now, and the node's own count decides.</summary>
    ValueTask<bool?> TakeAsync(SubmissionCount what, string user, int limit);
}
