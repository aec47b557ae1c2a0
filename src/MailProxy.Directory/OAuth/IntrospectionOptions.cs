namespace MailProxy.Directory.OAuth;

/// <summary>How the issuer is asked about a token (RFC 7662).</summary>
public sealed class IntrospectionOptions
{
    /// <summary>Its introspection endpoints; one that fails is left alone for a while and the next is asked. Empty: tokens are JWTs.</summary>
    public List<string> Urls { get; set; } = [];

    /// <summary>Who we are there.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>File whose first line is our secret there.</summary>
    public string ClientSecretFile { get; set; } = "";

    /// <summary>Connections to each URL, kept alive: with 20 ms for an answer, 32 carry 1,600 logins/s.</summary>
    public int Connections { get; set; } = 32;

    /// <summary>Logins that may wait for one of them; as many as wait for a password's comparison.</summary>
    public int Waiting { get; set; } = 4096;
}
