namespace MailProxy.Store.Engine;

/// <summary>
/// Where a store node keeps its mail. Everything that was answered as done is durable (fsynced) when the returned task completes.
/// Implementations are thread-safe; users, mailboxes and INBOX come into being on first use.
/// </summary>
public interface IStoreEngine : IAsyncDisposable
{
    /// <summary>Starts receiving one message. It exists for nobody until it is delivered or appended.</summary>
    ValueTask<IMessageDraft> BeginMessageAsync(CancellationToken cancellationToken);

    /// <summary>Whether deliveries with a digest are told from repeats of them.</summary>
    bool KnowsRepeats { get; }

    /// <summary>
    /// Delivers a completed draft to the INBOX of each user, content written once. All recipients or none; durable on return. With a
    /// <paramref name="digest"/> (32 octets by which the copy is known again) users who took that copy lately do not get it once more: they are returned.
    /// </summary>
    ValueTask<IReadOnlyList<string>> DeliverAsync(IMessageDraft draft, IReadOnlyList<string> users, byte[]? digest, CancellationToken cancellationToken);

    /// <summary>Live sessions by user: whoever logs a user in enters first and opens the user's mail then, so that a move misses nobody.</summary>
    UserSessions Sessions { get; }

    /// <summary>Refuses a user whom a move holds, or who lives at another store. <see cref="OpenUserAsync"/>, deliveries and every change ask the same by themselves.</summary>
    /// <exception cref="StoreFaultException">UserHeld, UserMoved; Limit for a name that is none.</exception>
    void MustServe(string user);

    /// <summary>The mail of one user (canonical name).</summary>
    ValueTask<IUserMail> OpenUserAsync(string user, CancellationToken cancellationToken);
}
