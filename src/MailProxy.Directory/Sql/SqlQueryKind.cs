namespace MailProxy.Directory.Sql;

/// <summary>The three questions.</summary>
internal enum SqlQueryKind
{
    /// <summary>Who logs in by this name?</summary>
    User,

    /// <summary>Whose mail is this address's?</summary>
    Address,

    /// <summary>Is this domain ours?</summary>
    Domain,
}
