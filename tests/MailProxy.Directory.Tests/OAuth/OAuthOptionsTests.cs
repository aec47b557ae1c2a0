using MailProxy.Directory.Chain;
using MailProxy.Directory.OAuth;
using Xunit;

namespace MailProxy.Directory.Tests.OAuth;

public sealed class OAuthOptionsTests
{
    public static TheoryData<string, Action<OAuthOptions>> Wrong => new()
    {
        { "Issuer: name the issuer", options => options.Issuer = "" },
        { "Issuer: 'http://login.example.org' is in clear", options => options.Issuer = "http://login.example.org" },
        { "Issuer: 'login' is no http or https URL", options => options.Issuer = "login" },
        { "Audiences: name whom", options => options.Audiences = [] },
        { "JwksUrl: 'file:///etc/keys' is no http", options => options.JwksUrl = "file:///etc/keys" },
        { "JwksUrl: must hold neither", options => options.JwksUrl = "https://user:secret@login.example.org/keys" },
        { "JwksUrl: DiscoveryUrl and JwksUrl exclude", options => (options.DiscoveryUrl, options.JwksUrl) = ("https://login.example.org/a", "https://login.example.org/b") },
        { "Algorithms: 'HS256' is not", options => options.Algorithms = ["RS256", "HS256"] },
        { "Algorithms: 'none' is not", options => options.Algorithms = ["none"] },
        { "ClockSkew: give", options => options.ClockSkew = TimeSpan.FromMinutes(6) },
        { "Refresh: give", options => options.Refresh = TimeSpan.FromSeconds(1) },
        { "KeepKeys: give", options => options.KeepKeys = TimeSpan.FromMinutes(1) },
        { "Timeout: give", options => options.Timeout = TimeSpan.Zero },
        { "UserClaim: name", options => options.UserClaim = "" },
        { "Domain: 'a b' is no domain", options => options.Domain = "a b" },
        { "Domains: 'a b' is no domain", options => options.Domains = ["a b"] },
        { "Domains: 'staff' knows", options => (options.Users, options.Domains) = ("staff", ["example.org"]) },
        { "Introspection: give ClientId", options => options.Introspection.Urls = ["https://login.example.org/i"] },
        { "Introspection:Urls:0: 'http://login.example.org/i' is in clear", options => options.Introspection.Urls = ["http://login.example.org/i"] },
        { "Introspection:Connections: give", options => options.Introspection.Connections = 0 },
        { "Introspection:ClientSecretFile: '/nowhere/secret' cannot", options => options.Introspection.ClientSecretFile = "/nowhere/secret" },
        { "KeyFile: '/nowhere/keys' cannot", options => options.KeyFile = "/nowhere/keys" },
        { "Authorities: '/nowhere/ca.pem' cannot", options => options.Authorities = "/nowhere/ca.pem" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_told(string error, Action<OAuthOptions> change)
    {
        var options = Good();
        Assert.Empty(options.Validate("OAuth"));
        change(options);
        Assert.Contains(options.Validate("OAuth"), one => one.StartsWith("OAuth:" + error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080", false)]
    [InlineData("http://[::1]:8080", false)]
    [InlineData("http://localhost", false)]
    [InlineData("http://login.example.org", true)]
    public void In_clear_on_this_machine_or_when_told_so(string issuer, bool allow)
    {
        var options = Good();
        (options.Issuer, options.AllowHttp) = (issuer, allow);
        Assert.Empty(options.Validate("OAuth"));
    }

    [Fact]
    public void The_provider_that_knows_the_users_is_another_of_the_chain()
    {
        var alone = new DirectoryOptions { Provider = "oauth", OAuth = Good() };
        Assert.Empty(alone.Validate("Directory"));
        alone.OAuth.Users = "file";
        Assert.StartsWith("Directory:OAuth:Users: there is no other provider", Assert.Single(alone.Validate("Directory")), StringComparison.Ordinal);
        var chain = new DirectoryOptions
        {
            Provider = "chain",
            Chain = [new ChainLinkOptions { Provider = "oauth", OAuth = Good() }, new ChainLinkOptions { Name = "staff", Provider = "static", Static = new() { Password = "{PLAIN}x" } }],
        };
        chain.Chain[0].OAuth.Users = "staff";
        Assert.Empty(chain.Validate("Directory"));
        Assert.Equal(CredentialKinds.Tokens | CredentialKinds.Passwords, chain.Takes);
        foreach (var wrong in new[] { "nobody", "oauth" })
        {
            chain.Chain[0].OAuth.Users = wrong;
            Assert.StartsWith($"Directory:Chain:0:OAuth:Users: '{wrong}' must be", Assert.Single(chain.Validate("Directory")), StringComparison.Ordinal);
        }
    }

    private static OAuthOptions Good() => new() { Issuer = "https://login.example.org/realms/mail", Audiences = ["mail"] };
}
