using System.Text;

namespace MailProxy.Directory.Guard;

/// <summary>
/// What makes one guess another than the next. Of passwords it is the password. One proof is always another than the next, whether its password is or not: so
/// against an address each counts, and against a user all of one address count as one guess. A program with an old password slows itself and not its owner
/// elsewhere; who guesses from one address is slowed by that, and from many by both.
/// </summary>
/// <param name="ForUser">Held against the user.</param>
/// <param name="ForAddress">Held against the address.</param>
internal readonly record struct Guess(ReadOnlyMemory<byte> ForUser, ReadOnlyMemory<byte> ForAddress)
{
    /// <summary>Of a request.</summary>
    public static Guess Of(AuthenticationRequest request, ClientPrefix? address) => request.Proof is not { } proof
        ? new Guess(request.Secret.Octets, request.Secret.Octets)
        : new Guess(address is { } from ? Encoding.ASCII.GetBytes(from.ToString()) : proof.Mark, proof.Mark);
}
