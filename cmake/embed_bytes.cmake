# SPDX-License-Identifier: Apache-2.0
# cmake -DINPUT=file -DOUTPUT=file.cpp -DHEADER=h -DNAMESPACE=a::b -DNAME=kBytes -P embed_bytes.cmake
file(READ ${INPUT} digits HEX)
string(LENGTH "${digits}" length)
math(EXPR bytes "${length} / 2")
# The literal ends after each byte: a hexadecimal escape would swallow the digits that follow it.
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1\"\"" text "${digits}")
set(pieces "")
set(at 0)
string(LENGTH "${text}" length)
while(at LESS length)
    string(SUBSTRING "${text}" ${at} 9600 piece)  # a multiple of one byte's six characters
    string(APPEND pieces "\"${piece}\"\n")
    math(EXPR at "${at} + 9600")
endwhile()
if(pieces STREQUAL "")
    set(pieces "\"\"")
endif()
file(WRITE ${OUTPUT}
    "#include \"${HEADER}\"\n\nnamespace ${NAMESPACE} {\nconst std::string_view ${NAME}(\n${pieces}, ${bytes});\n}\n")
