using MailProxy.Directory.File;
using MailProxy.Directory.HttpAuth;
using MailProxy.Directory.Ldap;
using MailProxy.Directory.OAuth;
using MailProxy.Directory.Sql;
using MailProxy.Directory.Static;

namespace MailProxy.Directory;

/// <summary>One provider, and what it needs.</summary>
public class ProviderOptions
{
    /// <summary>Providers that stand alone, as the configuration names them.</summary>
    protected const string Providers = "file, ldap, postgresql, sqlite, http, oauth, static";

    /// <summary><c>file</c>, <c>ldap</c>, <c>postgresql</c>, <c>sqlite</c>, <c>http</c>, <c>oauth</c>, or <c>static</c> for laboratories and benchmarks.</summary>
    public string Provider { get; set; } = "file";

    /// <summary>For <c>file</c>.</summary>
    public FileDirectoryOptions File { get; set; } = new();

    /// <summary>For <c>postgresql</c> and <c>sqlite</c>.</summary>
    public SqlDirectoryOptions Sql { get; set; } = new();

    /// <summary>For <c>http</c>.</summary>
    public HttpAuthOptions HttpAuth { get; set; } = new();

    /// <summary>For <c>ldap</c>.</summary>
    public LdapDirectoryOptions Ldap { get; set; } = new();

    /// <summary>For <c>oauth</c>.</summary>
    public OAuthOptions OAuth { get; set; } = new();

    /// <summary>For <c>static</c>.</summary>
    public StaticDirectoryOptions Static { get; set; } = new();

    /// <summary>True when what it stores of passwords can be seen here, which SCRAM, CRAM-MD5 and APOP need; false where its server verifies them.</summary>
    public bool ShowsSecrets => Provider.ToUpperInvariant() switch
    {
        "LDAP" => Ldap.Mode == LdapMode.Hash,
        "POSTGRESQL" or "SQLITE" => !Sql.UserQuery.Contains("@password", StringComparison.OrdinalIgnoreCase),
        "HTTP" => false,
        _ => true,
    };

    /// <summary>True for a service of nginx's auth_http protocol, which is asked about CRAM-MD5 and APOP as nginx asks.</summary>
    public bool IsHttp => Provider.Equals("http", StringComparison.OrdinalIgnoreCase);

    /// <summary>Users may show tokens of OAuth here.</summary>
    public bool IsOAuth => Provider.Equals("oauth", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Everything that is wrong with these options, one sentence each; with the file provider, everything wrong in the file too.
    /// Reads files, changes nothing, asks no server.
    /// </summary>
    /// <param name="path">Where they stand in the configuration: <c>Directory</c>.</param>
    public virtual IEnumerable<string> Validate(string path) => Provider.ToUpperInvariant() switch
    {
        "FILE" => File.Validate($"{path}:{nameof(File)}"),
        "POSTGRESQL" => Sql.Validate($"{path}:{nameof(Sql)}", isSqlite: false),
        "SQLITE" => Sql.Validate($"{path}:{nameof(Sql)}", isSqlite: true),
        "HTTP" => HttpAuth.Validate($"{path}:{nameof(HttpAuth)}"),
        "LDAP" => Ldap.Validate($"{path}:{nameof(Ldap)}"),
        "OAUTH" => OAuth.Validate($"{path}:{nameof(OAuth)}"),
        "STATIC" => Static.Validate($"{path}:{nameof(Static)}"),
        _ => [$"{path}:{nameof(Provider)}: '{Provider}' is not a provider; there are: {Known}"],
    };

    /// <summary>What may stand in <see cref="Provider"/> here.</summary>
    protected virtual string Known => Providers;
}
