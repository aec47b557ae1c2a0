using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace MailProxy.Protocols.Addresses;

/// <summary>
/// IP addresses as the wire writes them (RFC 5321 4.1.3, RFC 4291 2.2). .NET also takes <c>1</c>, <c>0x7f.1</c>, <c>010.0.0.1</c> (8.0.0.1 to it), scopes, brackets and prefixes: what
/// one host takes for an address and the next for another one is refused here.
/// </summary>
public static class AddressText
{
    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789ABCDEFabcdef:.");

    /// <summary>An address as it is told to other hosts: no scope, which means something on this host alone, and IPv4 as such where a socket for both wrote it as IPv6.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId != 0 ? new IPAddress(address.GetAddressBytes())
        : address;

    /// <summary>Four decimal numbers without leading zeros.</summary>
    public static bool TryParseIPv4(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!IsDotted(text) || !IPAddress.TryParse(text, out var read))
        {
            return false;
        }

        address = read;
        return true;
    }

    /// <summary>Groups of hexadecimal digits, the last two perhaps as IPv4.</summary>
    public static bool TryParseIPv6(ReadOnlySpan<char> text, out IPAddress address)
    {
        address = IPAddress.IPv6None;
        var tail = text[(text.LastIndexOf(':') + 1)..];
        if (text.ContainsAnyExcept(Characters) || (tail.Contains('.') && !IsDotted(tail))
            || !IPAddress.TryParse(text, out var read) || read.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        address = read;
        return true;
    }

    private static bool IsDotted(ReadOnlySpan<char> text)
    {
        var numbers = 0;
        foreach (var range in text.Split('.'))
        {
            var number = text[range];
            if (number.Length is 0 or > 3 || number.ContainsAnyExceptInRange('0', '9') || (number.Length > 1 && number[0] == '0') || ++numbers > 4)
            {
                return false;
            }
        }

        return numbers == 4;
    }
}
