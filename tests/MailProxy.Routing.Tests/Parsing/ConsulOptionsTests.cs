using MailProxy.Routing.Consul;
using Xunit;

namespace MailProxy.Routing.Tests.Parsing;

public sealed class ConsulOptionsTests
{
    [Theory]
    [InlineData("consul.example:8500", "http://consul.example:8500/", null)]
    [InlineData("http://10.0.0.1:8500", "http://10.0.0.1:8500/", null)]
    [InlineData("https://consul.example", "https://consul.example/", null)]
    [InlineData("[::1]:8500", "http://[::1]:8500/", null)]
    [InlineData("unix:///run/consul.sock", "http://consul.socket/", "/run/consul.sock")]
    public void Addresses_in_all_notations(string text, string uri, string? socket)
    {
        Assert.True(ConsulAddress.TryParse(text, out var address, out var problem), problem);
        Assert.Equal((uri, socket), (address.BaseUri.ToString(), address.SocketPath));
    }

    [Theory]
    [InlineData("")]
    [InlineData("unix://relative")]
    [InlineData("ftp://x")]
    [InlineData("http://user:secret@x")]
    [InlineData("http://x/path")]
    [InlineData("http://")]
    public void What_is_no_address(string text)
    {
        Assert.False(ConsulAddress.TryParse(text, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Every_mistake_is_told_at_once_with_its_setting()
    {
        var options = new ConsulOptions
        {
            Address = "ftp://x", Token = "a b", TokenFile = "/does/not/exist", CaFile = "/does/not/exist", Prefix = "a//b", StoreServiceName = "mail store",
            WaitTime = TimeSpan.FromMinutes(2), RequestTimeout = TimeSpan.Zero,
        };
        var problems = options.Validate("Consul").ToList();
        foreach (var setting in new[] { "Address", "Token", "TokenFile", "CaFile", "Prefix", "StoreServiceName", "WaitTime", "RequestTimeout" })
        {
            Assert.Contains(problems, p => p.StartsWith("Consul:" + setting, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(problems, p => p.Contains("a b", StringComparison.Ordinal));
        Assert.Empty(new ConsulOptions().Validate("Consul"));
    }

    [Fact]
    public void What_is_left_empty_comes_from_consuls_environment()
    {
        var variables = new Dictionary<string, string?>
        {
            ["CONSUL_HTTP_ADDR"] = "c:1", ["CONSUL_HTTP_TOKEN"] = "t", ["CONSUL_HTTP_TOKEN_FILE"] = "/t", ["CONSUL_CACERT"] = "/ca", ["CONSUL_HTTP_SSL"] = "true",
        };
        var fromEnvironment = ConsulEnvironment.Apply(new ConsulOptions(), variables.GetValueOrDefault);
        Assert.Equal(("https://c:1", "t", "/t", "/ca"), (fromEnvironment.Address, fromEnvironment.Token, fromEnvironment.TokenFile, fromEnvironment.CaFile));

        var configured = ConsulEnvironment.Apply(new ConsulOptions { Address = "http://d:2", Token = "own", Prefix = "p" }, variables.GetValueOrDefault);
        Assert.Equal(("http://d:2", "own", "", "p"), (configured.Address, configured.Token, configured.TokenFile, configured.Prefix));
        Assert.Equal("127.0.0.1:8500", ConsulEnvironment.Apply(new ConsulOptions(), _ => null).Address);
    }
}
