namespace MailProxy.Proxy.Submission;

/// <summary>Who talks with a submitter after login.</summary>
public enum SubmissionMode
{
    /// <summary>The home store, where it takes submission: the session goes through to it, and its rules hold. Elsewhere the proxy's relay.</summary>
    Splice,

    /// <summary>Always the proxy's relay: its rules and limits hold for everybody.</summary>
    Relay,
}
