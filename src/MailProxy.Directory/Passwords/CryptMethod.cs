namespace MailProxy.Directory.Passwords;

/// <summary>One method of crypt(5).</summary>
internal enum CryptMethod
{
    /// <summary>None that is accepted here.</summary>
    Unknown,

    /// <summary>Traditional, 13 characters without <c>$</c>, and its extension to longer passwords.</summary>
    Des,

    /// <summary><c>$1$</c></summary>
    Md5,

    /// <summary><c>$5$</c></summary>
    Sha256,

    /// <summary><c>$6$</c></summary>
    Sha512,

    /// <summary><c>$2a$</c>, <c>$2b$</c>, <c>$2y$</c></summary>
    Bcrypt,

    /// <summary><c>$y$</c>, what Debian 11 and later write to /etc/shadow.</summary>
    Yescrypt,
}
