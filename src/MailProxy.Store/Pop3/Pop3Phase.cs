namespace MailProxy.Store.Pop3;

/// <summary>The states of RFC 1939 3 in which a command is allowed.</summary>
[Flags]
internal enum Pop3Phase
{
    /// <summary>AUTHORIZATION.</summary>
    BeforeLogin = 1,

    /// <summary>TRANSACTION.</summary>
    AfterLogin = 2,
}
