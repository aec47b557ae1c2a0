namespace MailProxy.Directory.Ldap;

/// <summary>Why there is no answer.</summary>
internal enum LdapFault
{
    /// <summary>No connection, or it broke; TLS failed; the service account was refused: the server is of no use now.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    TimedOut,

    /// <summary>The server says so itself: busy (51) or unavailable (52).</summary>
    Busy,

    /// <summary>The server answered with an error that says nothing of its health.</summary>
    Refused,
}
