namespace MailProxy.Proxy.Submission;

/// <summary>What is counted of a submitter.</summary>
public enum SubmissionCount
{
    /// <summary>MAIL commands that were taken.</summary>
    Messages,

    /// <summary>RCPT commands.</summary>
    Recipients,
}
