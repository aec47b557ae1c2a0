using MailProxy.Directory.HttpAuth;
using MailProxy.Directory.Tests.File;
using Xunit;

namespace MailProxy.Directory.Tests.HttpAuth;

public sealed class HttpAuthOptionsTests
{
    [Fact]
    public void Every_error_is_told_at_once_and_no_secret_with_it()
    {
        var options = new HttpAuthOptions
        {
            Urls = ["ftp://a/", "http://user:hidden@a/", "http://a/#b", "https://a.example.org:8443/auth?x=1"],
            Timeout = TimeSpan.Zero,
            Connections = 0,
            Waiting = -1,
            LongestPause = TimeSpan.FromMilliseconds(1),
            Headers = ["X-Key hidden", "Host: hidden", "X-Key: hid\tden", "X-Key: fine"],
            DecidesBy = ["shoes"],
            Domains = ["a b"],
            ClientKey = "/nowhere/key.pem",
            Authorities = "/nowhere/ca.pem",
        };

        var errors = options.Validate("D:HttpAuth").ToList();

        Assert.Equal(
            ["Urls:0", "Urls:1", "Urls:2", "Timeout", "LongestPause", "Connections", "Waiting", "Headers:0", "Headers:1", "Headers:2", "DecidesBy", "Domains", "ClientKey", "Authorities"],
            errors.Select(error => error["D:HttpAuth:".Length..].Split(": ")[0]));
        Assert.DoesNotContain(errors, error => error.Contains("hidden", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_url_there_is_no_provider() =>
        Assert.StartsWith("Directory:HttpAuth:Urls: names no service", Assert.Single(new DirectoryOptions { Provider = "http" }.Validate("Directory")), StringComparison.Ordinal);

    [Fact]
    public void A_file_without_certificates_is_no_list_of_authorities()
    {
        using var folder = new TempFolder();
        var file = folder.File("empty.pem");
        System.IO.File.WriteAllText(file, "nothing");

        var error = Assert.Single(new HttpAuthOptions { Urls = ["https://a/"], Authorities = file }.Validate("D"));

        Assert.Contains("it holds no certificate", error, StringComparison.Ordinal);
    }
}
