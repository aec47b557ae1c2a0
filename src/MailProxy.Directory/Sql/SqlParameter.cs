namespace MailProxy.Directory.Sql;

/// <summary>What a query may ask by. The names are these in lower case behind an at sign; <c>@address</c> is another word for <c>@user</c>.</summary>
internal enum SqlParameter
{
    /// <summary>The whole name or address, canonical: <c>local@domain</c>, lower case.</summary>
    User,

    /// <summary>Left of the at sign.</summary>
    Local,

    /// <summary>Right of it.</summary>
    Domain,

    /// <summary><c>imap</c>, <c>pop3</c>, <c>submission</c>, <c>http</c>; NULL for addresses.</summary>
    Protocol,

    /// <summary>The client's IP address as text; NULL if it is not known, and for addresses.</summary>
    Client,

    /// <summary>The password in clear, for queries that judge it themselves; NULL when somebody else's row is looked up.</summary>
    Password,
}
