using MailProxy.Store.Moves.Api;

namespace MailProxy.Store.Engine;

/// <summary>The store could not do what was asked. Nothing of the operation remains, and the engine goes on working unless it says otherwise.</summary>
public sealed class StoreFaultException : Exception
{
    // Linux: ENOSPC, EDQUOT. Windows: ERROR_DISK_FULL as HRESULT.
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    /// <summary>A fault of unknown kind; for serializers.</summary>
    public StoreFaultException()
        : this(StoreFaultKind.Failed, "The store failed.")
    {
    }

    /// <summary>A fault of kind <see cref="StoreFaultKind.Failed"/>.</summary>
    public StoreFaultException(string message)
        : this(StoreFaultKind.Failed, message)
    {
    }

    /// <summary>A fault of kind <see cref="StoreFaultKind.Failed"/> with its cause.</summary>
    public StoreFaultException(string message, Exception innerException)
        : this(StoreFaultKind.Failed, message, innerException)
    {
    }

    /// <summary>A fault of the given kind.</summary>
    public StoreFaultException(StoreFaultKind kind, string message, Exception? innerException = null)
        : base(message, innerException) => Kind = kind;

    /// <summary>What a server tells its client.</summary>
    public StoreFaultKind Kind { get; }

    /// <summary>True when the same request may succeed later.</summary>
    public bool IsTemporary => Kind is StoreFaultKind.Failed or StoreFaultKind.DiskFull or StoreFaultKind.UserHeld;

    /// <summary>UserHeld and UserMoved: whom it is about; otherwise empty.</summary>
    public string User { get; private init; } = "";

    /// <summary>UserMoved: where the user is now.</summary>
    public FenceTarget? Referral { get; private init; }

    /// <summary>Nothing more is taken.</summary>
    internal static StoreFaultException Stopping() => new("The store is stopping.");

    /// <summary>The user is held.</summary>
    internal static StoreFaultException Held(string user) => new(StoreFaultKind.UserHeld, $"{user} is being moved; try again in a moment.") { User = user };

    /// <summary>The user has left.</summary>
    internal static StoreFaultException Moved(string user, FenceTarget to)
        => new(StoreFaultKind.UserMoved, $"{user} lives at {to.Store} now.") { User = user, Referral = to };

    /// <summary>Wraps an I/O error that happened while <paramref name="doing"/> ("writing a message").</summary>
    internal static StoreFaultException From(Exception error, string doing)
    {
        if (error is StoreFaultException fault)
        {
            return fault;
        }

        bool full = error is IOException { HResult: NoSpace or QuotaExceeded or WindowsDiskFull };
        return new StoreFaultException(
            full ? StoreFaultKind.DiskFull : StoreFaultKind.Failed,
            full ? $"The disk is full ({doing})." : $"The store failed while {doing}: {error.Message}",
            error);
    }
}
