using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using CsCheck;
using MailProxy.Directory.Ldap;
using MailProxy.Testing;
using Xunit;

namespace MailProxy.Directory.Tests.Ldap;

/// <summary>What needs no server.</summary>
public sealed class LdapPiecesTests
{
    [Theory]
    [InlineData("alice@example.org", "alice@example.org")]
    [InlineData("", "")]
    [InlineData("*", "\\2a")]
    [InlineData("a(b)c\\d", "a\\28b\\29c\\5cd")]
    [InlineData("\0", "\\00")]
    [InlineData("é", "\\c3\\a9")]
    [InlineData(" a b ", "\\20a\\20b\\20")]
    public void Values_are_escaped(string value, string escaped) => Assert.Equal(escaped, FilterValue.Escape(value));

    [Fact]
    public void An_escaped_value_reads_back_and_holds_nothing_of_a_filters_grammar() => Gen.String.Sample(value =>
    {
        var escaped = FilterValue.Escape(value);
        var octets = new List<byte>();
        for (var at = 0; at < escaped.Length; at++)
        {
            octets.Add(escaped[at] == '\\' ? Convert.ToByte(escaped[(at + 1)..((at += 2) + 1)], 16) : (byte)escaped[at]);
        }

        return octets.SequenceEqual(System.Text.Encoding.UTF8.GetBytes(value)) && !escaped.Any("*()\0=&|!".Contains);
    });

    [Theory]
    [InlineData("(mail={user})", null)]
    [InlineData("(&(a=b)(|(mail={user})(uid={local}))(dc={domain}))", null)]
    [InlineData("(a=\\7b{user}\\7d)", null)]
    [InlineData("mail={user}", "in parentheses")]
    [InlineData("", "in parentheses")]
    [InlineData("(mail={user}))", "too many")]
    [InlineData("(a={user})(b=c)", "too many")]
    [InlineData("((mail={user})", "lacks")]
    [InlineData("(mail={name})", "placeholder")]
    [InlineData("(mail={User})", "placeholder")]
    public void Templates_are_judged(string text, string? error)
    {
        Assert.Equal(error is null, FilterTemplate.TryParse(text, out _, out var told));
        Assert.Contains(error ?? "", told ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_put_into_a_template_is_no_template()
    {
        Assert.True(FilterTemplate.TryParse("(&(u={user})(l={local})(d={domain}))", out var template, out _));
        Assert.Equal("(&(u=\\7bdomain\\7d@x.org)(l=\\7bdomain\\7d)(d=x.org))", template.For(new LdapName("{domain}", "x.org")));
    }

    [Theory]
    [InlineData("52e", AuthenticationOutcome.WrongPassword)]
    [InlineData("525", AuthenticationOutcome.NoSuchUser)]
    [InlineData("530", AuthenticationOutcome.Disabled)]
    [InlineData("531", AuthenticationOutcome.Disabled)]
    [InlineData("532", AuthenticationOutcome.Expired)]
    [InlineData("533", AuthenticationOutcome.Disabled)]
    [InlineData("701", AuthenticationOutcome.Expired)]
    [InlineData("773", AuthenticationOutcome.Expired)]
    [InlineData("775", AuthenticationOutcome.Disabled)]
    [InlineData("57", AuthenticationOutcome.WrongPassword)]
    [InlineData("52E", AuthenticationOutcome.WrongPassword)]
    public void Active_directory_tells_why(string code, AuthenticationOutcome outcome)
    {
        Assert.Equal(outcome, ActiveDirectoryError.Parse($"80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data {code}, v2580\0")?.Outcome);
        Assert.Equal(outcome, ActiveDirectoryError.Parse($"AcceptSecurityContext error, data {code}")?.Outcome);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("data 52e")]
    [InlineData("AcceptSecurityContext error, data ")]
    [InlineData("AcceptSecurityContext error, data xyz")]
    [InlineData("AcceptSecurityContext error, data 52e52e52e52e")]
    public void Other_texts_are_not_active_directorys(string? text) => Assert.Null(ActiveDirectoryError.Parse(text));

    [Theory]
    [InlineData("ldap://a", "ldap://a:389")]
    [InlineData("ldaps://a/", "ldaps://a:636")]
    [InlineData("ldap://[::1]:3890", "ldap://[::1]:3890")]
    [InlineData("LDAPS://10.0.0.1:1", "ldaps://10.0.0.1:1")]
    [InlineData("http://a", null)]
    [InlineData("a", null)]
    [InlineData("ldap://", null)]
    [InlineData("ldap://a/dc=x", null)]
    [InlineData("ldap://a?x", null)]
    [InlineData("ldap://u:p@a", null)]
    [InlineData("ldap://a b", null)]
    public void Urls_are_judged(string url, string? address)
    {
        Assert.Equal(address is not null, LdapServerAddress.TryParse(url, out var parsed));
        Assert.Equal(address, parsed?.ToString());
    }

    [Fact]
    public void Accounts_are_read_from_entries()
    {
        var options = new LdapDirectoryOptions { Disabled = "userAccountControl", DisabledValues = ["&2"], Expired = "pwdReset", DefaultDomain = "example.org" };
        Assert.True(Read(options, ("mail", ["a@b.org"]), ("userAccountControl", ["514"]))?.IsDisabled);
        Assert.False(Read(options, ("mail", ["a@b.org"]), ("userAccountControl", ["512"]))?.IsDisabled);
        Assert.False(Read(options, ("mail", ["a@b.org"]), ("userAccountControl", ["x"]))?.IsDisabled);
        Assert.True(Read(options, ("MAIL", ["a@b.org"]), ("pwdReset", ["true"]))?.IsExpired);
        Assert.Equal("a@b.org", Read(options, ("mail", ["c@b.org", "A@B.org"]))?.User.Name);
        Assert.Equal("carl@example.org", Read(options, ("mail", ["Carl"]))?.User.Name);
        Assert.Null(Read(options, ("cn", ["x"])));
        Assert.Null(Read(options, ("mail", ["a b"])));
    }

    [Fact]
    public void Every_error_of_the_options_is_told()
    {
        var options = new LdapDirectoryOptions
        {
            Servers = ["ldapx://a", "ldaps://b"], StartTls = true, Authorities = "/nowhere/ca.pem", BindDn = "cn=x", UserFilter = "(mail=*)", AddressFilter = "mail", DomainFilter = "(dc={user})",
            DefaultDomain = "a b", Name = "", Home = "a b", Connections = 0, Timeout = TimeSpan.Zero,
        };
        Assert.Equal(
            ["Servers", "StartTls", "Authorities", "Base", "BindPasswordFile", "UserFilter", "AddressFilter", "DomainFilter", "DefaultDomain", "Name", "Home", "Connections", "Timeout"],
            options.Validate("Directory:Ldap").Select(error => error.Split(':')[2]));
        var good = new LdapDirectoryOptions { Servers = ["ldaps://a"], Base = "dc=x", Domains = ["example.org"] };
        Assert.Empty(good.Validate("Directory:Ldap"));
        good.Domains.Clear();
        Assert.StartsWith("Directory:Ldap:Domains: is empty, and so is DomainFilter", Assert.Single(good.Validate("Directory:Ldap")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CN=Test CA")]
    [InlineData("CN=\"A  B , ü É\", O=Über GmbH, C=DE")]
    [InlineData("E=root@example.org, CN=Root, DC=example, DC=org")]
    public void A_ca_is_named_as_openssl_looks_for_it(string subject)
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new CertificateRequest(new X500DistinguishedName(subject), key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(TestAuthority.NotBefore, TestAuthority.NotAfter);
        using var folder = new TempDirectory();
        System.IO.File.WriteAllText(folder.File("ca.pem"), certificate.ExportCertificatePem());
        Assert.SkipUnless(System.IO.File.Exists("/usr/bin/openssl"), "openssl is not installed");
        using var openssl = Process.Start(new ProcessStartInfo("/usr/bin/openssl", ["x509", "-in", folder.File("ca.pem"), "-noout", "-subject_hash"]) { RedirectStandardOutput = true })!;
        Assert.Equal(openssl.StandardOutput.ReadToEnd().Trim(), SubjectHash.Of(certificate.SubjectName));

        using var trust = TrustFolder.Create(folder.File("ca.pem"));
        Assert.Equal($"{SubjectHash.Of(certificate.SubjectName)}.0", Path.GetFileName(Assert.Single(System.IO.Directory.GetFiles(trust.Path))));
    }

    private static LdapAccount? Read(LdapDirectoryOptions options, params (string Name, string[] Values)[] values) =>
        new AccountReader(options).Read(new LdapEntry("cn=x", values.ToDictionary(one => one.Name, one => one.Values, StringComparer.OrdinalIgnoreCase)));
}
