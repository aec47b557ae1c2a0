namespace MailProxy.Transport.Splice;

/// <summary>
/// Who hears that a splice has ended. An object and not an awaiting method: an idle session lives for days, and all that an await would keep for it
/// (state machines, tasks, tokens) is several times what it needs.
/// </summary>
public interface ISpliceOwner
{
    /// <summary>Told once, on a thread that must not be blocked; maybe before <see cref="ISpliceFeature.Start"/> has returned.</summary>
    void Ended(SpliceResult result);
}
