namespace MailProxy.Directory.Ldap;

/// <summary>One question for a thread that may block.</summary>
internal abstract class WorkItem
{
    /// <summary>Does it, unless nobody waits for it any more.</summary>
    public abstract void Run();
}
