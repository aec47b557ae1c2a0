namespace MailProxy.Store.Imap.Session;

/// <summary>The states of RFC 9051 3, as flags: in which a verb is allowed.</summary>
[Flags]
internal enum ImapStates
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Before login.</summary>
    NotAuthenticated = 1,

    /// <summary>After login, no mailbox selected.</summary>
    Authenticated = 2,

    /// <summary>A mailbox is selected.</summary>
    Selected = 4,

    /// <summary>After login.</summary>
    LoggedIn = Authenticated | Selected,

    /// <summary>Always.</summary>
    Any = NotAuthenticated | LoggedIn,
}
