using Xunit;

namespace MailProxy.Http.Tests;

public sealed class HttpOptionsTests
{
    [Theory]
    [InlineData("127.0.0.1:8080")]
    [InlineData("0.0.0.0:0")]
    [InlineData("[::1]:65535")]
    [InlineData("")]
    [InlineData(null)]
    public void Addresses_are_ip_and_port(string? address) => Assert.Empty(new HttpOptions { Listen = address, Admin = address, AgentCheck = address }.Validate("Http"));

    [Theory]
    [InlineData("localhost:8080")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("::1:8080")]
    [InlineData("[127.0.0.1]:8080")]
    [InlineData("8080")]
    public void Everything_else_is_told(string address) =>
        Assert.Equal($"Http:Listen: '{address}' is not an address; write ip:port, e.g. 127.0.0.1:8080 or [::]:8080.", Assert.Single(new HttpOptions { Listen = address }.Validate("Http")));

    [Fact]
    public void Every_error_is_told_at_once() =>
        Assert.Equal(6, new HttpOptions { Listen = "x", Admin = "x", AgentCheck = "x", MaxBodyBytes = 0, MaxConnections = 0, Realm = "a\"b" }.Validate("Http").Count());
}
